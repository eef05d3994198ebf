"""Mandarin sentences: a small grammar of everyday, meeting, number, date, time and money phrases.

Same form as grammar_en.py, but the units (one per character, or one per number written in digits) are joined
without spaces. `下午3点30分` is said 下午三点三十分. All word lists and rules are our own.
"""

import random

from grammar_en import Unit

PEOPLE = (
    "我 你 他 我们 你们 他们 老师 学生 经理 朋友 妈妈 爸爸 医生 同事 客户 大家 司机 孩子 弟弟 姐姐 哥哥 妹妹 邻居 服务员 工程师 "
    "律师 护士 作家 演员 歌手 画家 警察 教授 校长 秘书 主任 专家 设计师 会计 顾客 导游 记者 农民 工人 科学家 厨师 爷爷 奶奶 叔叔 阿姨 "
    "丈夫 妻子 儿子 女儿 老板 员工 同学 邮递员 志愿者 管理员"
).split()
TIMES = (
    "今天 明天 昨天 现在 早上 上午 中午 下午 晚上 周末 星期一 星期二 星期三 星期四 星期五 星期六 星期天 下个月 去年 明年 今年 刚才 以后 "
    "上个星期 下个星期 后天 前天 春天 夏天 秋天 冬天 假期 半夜 最近 将来 每天 平时 暑假 国庆节 春节"
).split()
VERBS = (
    "看 买 卖 写 读 用 找 换 带 拿 送 学习 喜欢 需要 准备 讨论 检查 修改 完成 知道 忘记 记得 打开 关上 参加 开始 结束 介绍 解决 等 听 洗 "
    "修理 借 想要 发现 下载 更新 测试 安排 取消 确认 翻译 录音 保存 删除 选择 比较 研究 分析 管理 组织 提高 改变 保护 支持 反对 批准 拒绝 "
    "接受 收到 寄出 邀请 欢迎 感谢 帮助 照顾 教育 训练 练习 复习 理解 解释 说明 描述 回答 提问 推荐 预订 购买 出售 生产 制造 建设 打扫 "
    "整理 搬运 安装 操作 控制 观察 记录 统计 计算 估计 考虑 相信 怀疑 希望 担心 害怕 享受 庆祝 参观 访问"
).split()
OBJECTS = (
    "报告 计划 合同 会议 文件 项目 电脑 手机 图书 水 咖啡 绿茶 米饭 面条 苹果 电影 音乐 问题 答案 衣服 房子 汽车 火车票 飞机票 钱 工作 作业 "
    "汉语 英语 照片 礼物 信 邮件 词典 地图 桌子 椅子 大门 窗户 鲜花 小狗 花猫 鱼 蔬菜 水果 牛奶 面包 鸡蛋 声音 软件 系统 数据 产品 价格 时间表 "
    "新闻 报纸 故事 歌曲 汉字 名字 密码 网站 屏幕 键盘 鼠标 打印机 空调 冰箱 洗衣机 电视 自行车 地铁 公共汽车 雨伞 帽子 鞋子 裤子 毛衣 手表 "
    "眼镜 钥匙 钱包 护照 行李 蛋糕 饺子 豆腐 西瓜 香蕉 葡萄 巧克力 白糖 酱油 筷子 盘子 杯子 沙发 床 台灯 镜子 牙刷 毛巾 肥皂 预算 发票 工资 税 "
    "保险 贷款 股票 市场 质量 技术 经验 方法 办法 机会 目标 任务 规定 法律 政策 经济 文化 历史 科学 艺术 体育 足球 篮球 比赛 考试 课程 教室 "
    "黑板 铅笔 橡皮 本子 日记 小说 诗歌 杂志 字幕 语言 意见 建议 消息 通知 广告 活动 节目 游戏 旅行 交通 环境 空气 能源 机器 零件 材料 工具 "
    "健康 身体 头发 眼睛 耳朵 鼻子 嘴巴 手指 心脏 牙齿 老虎 大象 熊猫 兔子 猴子 鸟 马 羊 树 草地 森林 月亮 太阳 云 雪"
).split()
PLACES = (
    "北京 上海 广州 深圳 南京 杭州 成都 武汉 西安 重庆 学校 公司 医院 银行 商店 饭店 图书馆 机场 火车站 家里 办公室 会议室 公园 超市 中国 美国 "
    "日本 英国 法国 德国 厨房 楼上 楼下 外面 海边 山顶 河边 湖边 工厂 仓库 博物馆 电影院 体育馆 邮局 警察局 车库 花园 阳台 客厅 卧室 浴室 郊区 "
    "城市 农村 街道 桥上 码头 广场 教堂 剧院"
).split()
ADJECTIVES = (
    "好 大 小 多 少 高 新 旧 贵 便宜 漂亮 高兴 忙 累 热 冷 快 慢 重要 简单 困难 有意思 方便 安静 干净 好吃 清楚 长 短 远 近 红 白 黑 蓝 深 浅 宽 "
    "窄 厚 薄 轻 重 软 硬 甜 酸 苦 辣 咸 聪明 努力 认真 勇敢 热情 温柔 奇怪 普通 特别 著名 古老 现代 年轻 危险 安全 健康 紧张 满意 舒服 难过 生气 "
    "可爱 有名 复杂 正确 及时 明显 稳定 灵活 丰富"
).split()
MEASURES = "个 本 张 件 块 次 杯 斤 瓶 只 条 台 辆 份 支".split()
OPENERS = "你好 谢谢 对不起 没关系 大家好 好的 是的 当然 其实 总之 首先 最后 另外 而且 但是 不过".split()

DIGITS = "零一二三四五六七八九"


def say(n):
    """0 ... 99,999 in characters."""
    if n < 10:
        return DIGITS[n]
    if n < 20:
        return "十" + (DIGITS[n % 10] if n % 10 else "")
    for size, name in ((10000, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if n >= size:
            head, rest = divmod(n, size)
            gap = "零" if rest and rest < size // 10 else ""
            tail = ("一" if 10 <= rest < 20 else "") + say(rest) if rest else ""
            return DIGITS[head] + name + gap + tail
    raise ValueError(n)


def say_digits(digits):
    return "".join(DIGITS[int(d)] for d in digits)


def number(n):
    """A cardinal in digits."""
    return [Unit(str(n), say(n))]


def text(characters):
    """One unit per character; punctuation stays with the character before it."""
    units = []
    for c in characters:
        if c in "，。？！":
            last = units[-1]
            units[-1] = Unit(last.written + c, last.spoken + c, last.name)
        else:
            units.append(Unit(c, c))
    return units


def vocabulary():
    """All words, and the single characters of the fixed phrases, sorted."""
    fixed = "在想去这个很有请不的太了点半分开会上课下班吃饭出发见面电话是一共和起因为所以觉得比已经吗什么时候哪里为多少谁天气怎么样年月号百分之两公司元块钱人页公里分钟岁我叫从来认识打电话给说第万千"
    return sorted(set(PEOPLE + TIMES + VERBS + OBJECTS + PLACES + ADJECTIVES + OPENERS)), sorted(set(fixed) | set(MEASURES))


def characters():
    """All characters the grammar can write."""
    words, single = vocabulary()
    return sorted(set("".join(words) + "".join(single)))


class Chinese:
    def __init__(self, rng: random.Random, allowed=None):
        """`allowed`: words to use (one for each pronunciation); all if None."""
        self.r = rng
        keep = (lambda ws: [w for w in ws if w in allowed]) if allowed else list
        self.people, self.times, self.verbs, self.objects = keep(PEOPLE), keep(TIMES), keep(VERBS), keep(OBJECTS)
        self.places, self.adjectives, self.openers = keep(PLACES), keep(ADJECTIVES), keep(OPENERS)
        self.lexicon = sorted(set(self.people + self.times + self.verbs + self.objects + self.places + self.adjectives))

    def pick(self, options):
        return self.r.choice(options)

    def quantity(self):
        """3本书-like: number, measure word; 2 before a measure word is said and written 两."""
        n = self.r.randint(1, 12) if self.r.random() < 0.5 else self.r.randint(13, 300)
        head = text("两") if n == 2 else number(n)
        return head + text(self.pick(MEASURES))

    def clock(self, part=True):
        """A time of day; `part`: with or without morning, noon ..."""
        part = self.pick(["", "", "早上", "上午", "中午", "下午", "晚上"]) if part else ""
        hour = self.r.randint(1, 12)
        head = text(part) + (text("两") if hour == 2 else number(hour)) + text("点")
        k = self.r.random()
        if k < 0.3:
            return head
        if k < 0.45:
            return head + text("半")
        return head + number(self.pick([10, 15, 20, 25, 30, 35, 40, 45, 50, 55])) + text("分")

    def date(self):
        units = number(self.r.randint(1, 12)) + text("月") + number(self.r.randint(1, 31)) + text("号")
        if self.r.random() < 0.3:
            year = str(self.r.randint(1950, 2035))
            units = [Unit(year, say_digits(year))] + text("年") + units
        return units

    def money(self):
        n = self.r.randint(2, 99) if self.r.random() < 0.6 else self.r.randint(1, 99) * self.pick([10, 100])
        return number(n) + text(self.pick(["块钱", "元"]))

    def percent(self):
        n = self.r.randint(1, 99)
        return [Unit(f"{n}%", "百分之" + say(n))]

    def with_name(self, name):
        w = self.pick
        return w([
            lambda: [name] + text("在" + w(self.places) + w(self.verbs) + w(self.objects)),
            lambda: text("我叫") + [name],
            lambda: text("请" + "给") + [name] + text("打电话"),
            lambda: text(w(self.times) + "我认识了") + [name],
            lambda: [name] + text("说" + w(self.objects) + "很" + w(self.adjectives)),
            lambda: text(w(self.people) + "和") + [name] + text("一起" + w(self.verbs) + w(self.objects)),
        ])()

    def random_words(self):
        """Words in free combination."""
        return text("".join(self.pick(self.lexicon) for _ in range(self.r.randint(1, 5))))

    def statement(self):
        w = self.pick
        if self.r.random() < 0.125:
            return self.random_words()
        S, T, V, O, P, A = (lambda ws=ws: w(ws) for ws in (self.people, self.times, self.verbs, self.objects, self.places, self.adjectives))
        return w([
            lambda: text(S() + T() + V() + O()),
            lambda: text(T() + S() + "在" + P() + V() + O()),
            lambda: text(S() + "想去" + P() + V() + O()),
            lambda: text("这个" + O() + "很" + A()),
            lambda: text(S() + "有") + self.quantity() + text(O()),
            lambda: text("请" + S() + T() + V() + O()),
            lambda: text(S() + "不" + V() + O()),
            lambda: text(P() + "的" + O() + "太" + A() + "了"),
            lambda: text(t := T()) + self.clock(t[-1] in "天年一二三四五六期") + text(w(["开会", "上课", "下班", "吃饭", "出发", "见面"])),
            lambda: text("会议") + self.clock() + text("开始"),
            lambda: text(S() + "的电话是") + [Unit(d := "".join(str(self.r.randint(0, 9)) for _ in range(self.r.randint(4, 8))), say_digits(d))],
            lambda: text("一共") + (self.money() if self.r.random() < 0.5 else number(self.r.randint(3, 400)) + text(w(["个人", "页", "公里", "分钟", "岁"]))),
            lambda: text(S() + "和" + S() + "一起" + V() + O()),
            lambda: text("因为" + O() + "很" + A() + "，所以" + S() + V() + O()),
            lambda: text(S() + "觉得" + O() + "比" + O() + A()),
            lambda: text(S() + "已经" + V() + "了" + O()),
            lambda: text(w(self.openers) + "，" + S() + V() + O()),
            lambda: text(O() + "的价格是") + self.money(),
            lambda: text(w(["今天", "明天", "昨天"]) + "是") + self.date(),
            lambda: self.date() + text(S() + "去" + P()),
            lambda: text(O() + "提高了") + self.percent(),
        ])()

    def question(self):
        w = self.pick
        return w([
            lambda: text(w(self.people) + w(self.verbs) + w(self.objects) + "吗"),
            lambda: text(w(self.people) + "什么时候" + w(self.verbs) + w(self.objects)),
            lambda: text(w(self.objects) + "在哪里"),
            lambda: text("你为什么不" + w(self.verbs) + w(self.objects)),
            lambda: text("这个" + w(self.objects) + "多少钱"),
            lambda: text("谁" + w(self.verbs) + "了我的" + w(self.objects)),
            lambda: text(w(self.times) + "天气怎么样"),
        ])()

    def sentence(self, name=None):
        if name is not None:
            units, mark = self.with_name(name), "。"
        elif self.r.random() < 0.15:
            units, mark = self.question(), "？"
        else:
            units, mark = self.statement(), "。"
            if len(units) < 9 and self.r.random() < 0.25:
                last = units[-1]
                units = units[:-1] + [Unit(last.written + "，", last.spoken + "，", last.name)] + self.statement()
        units = list(units)
        last = units[-1]
        units[-1] = Unit(last.written + mark, last.spoken + mark, last.name)
        return units


if __name__ == "__main__":
    grammar = Chinese(random.Random(1))
    for _ in range(15):
        s = grammar.sentence()
        print("".join(u.written for u in s), "".join(u.spoken for u in s))
    print(len(characters()), "characters")
