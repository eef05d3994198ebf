// Every word on the screen, in English and Simplified Chinese.

const en = {
  promise: "Recordings into text, on this computer. Nothing leaves it.",
  choose: "Choose a recording…",
  stop: "Stop",
  progress: "Progress",
  reading: (name) => `Reading ${name}`,
  hearing: (name) => `Listening to ${name}`,
  done: (name) => `Done: ${name}`,
  stopped: (name) => `Stopped: ${name}. What was finished is below.`,
  failed: (message) => `This did not work: ${message}.`,
  silent: "No speech was found.",
  demo: "This is the built-in demo model. It understands the synthetic voice of the samples and nothing else.",
};

const zh = {
  promise: "把录音变成文字。一切都在这台电脑上完成，不会外传。",
  choose: "选择录音…",
  stop: "停止",
  progress: "进度",
  reading: (name) => `正在读取 ${name}`,
  hearing: (name) => `正在识别 ${name}`,
  done: (name) => `完成：${name}`,
  stopped: (name) => `已停止：${name}。已完成的部分见下。`,
  failed: (message) => `没有成功：${message}`,
  silent: "没有听到人声。",
  demo: "这是内置的演示模型，只能听懂样例里的合成语音。",
};

export const language = navigator.language.startsWith("zh") ? "zh-CN" : "en";
export const words = language === "zh-CN" ? zh : en;
