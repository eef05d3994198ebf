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
  failed: (code, message) => `This did not work. ${message}.`,
  silent: "No speech was found.",
  demo: "This is the built-in demo model. It understands the synthetic voice of the samples and nothing else.",
};

const because = {
  "recording-unreadable": "文件不存在或无权读取，请检查路径和权限。",
  "recording-invalid": "这个文件里没有可读的声音，请选择音频或视频文件。",
  "needs-ffmpeg": "这种格式需要 ffmpeg 才能读取，请先安装 ffmpeg，或转换成 wav、flac、mp3 或 m4a。",
  "model-missing": "这台电脑上没有这个模型。",
  "model-invalid": "模型文件不完整或已损坏，请重新获取。",
  device: "所选的设备无法使用，请换一个。",
  engine: "识别没能完成，多半是内存不足。",
  internal: "程序出错了，请报告这个问题。",
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
  failed: (code) => `没有成功。${because[code]}`,
  silent: "没有听到人声。",
  demo: "这是内置的演示模型，只能听懂样例里的合成语音。",
};

export const language = navigator.language.startsWith("zh") ? "zh-CN" : "en";
export const words = language === "zh-CN" ? zh : en;
