"""The two sample dialogues and the language switch: sentences of our own, reserved from training (see clips.reserved).

Numbers are written as they are to be transcribed; `units` works out what is said. A line is a turn.
"""

import re

import grammar_en
import grammar_zh
from grammar_en import Unit

ENGLISH = """
Good morning, everyone. Welcome to the weekly meeting.
Good morning, Anna. Can you hear my voice?
Yes, the sound is very clear today. Let's get started.
The first item is the new budget. Our limit is $4500 this year.
That's right. Last year we needed 15% more.
I think we should buy 12 laptops and 3 printers.
How much is each laptop?
It costs $300, so the price is $3600.
Okay, please send me the invoice before Friday.
I can send the document tomorrow morning.
Thank you. The next point is the project in Berlin.
The team finished the design on Monday, but the customer wants another change.
What do they need now?
They want a big screen and a new battery. The deadline is March 15th.
So, we need to move the test to April. Does Peter know about this?
Not now. I will talk to Peter at 2:30 this afternoon.
Please ask him about the schedule too.
Sure. Sales went up by 8% in February, and the customers are happy.
Sounds good. I reviewed the report yesterday evening.
There are 45 new users in Canada and 20 in Japan.
The website was slow last week. Did we fix the problem?
Yes, we changed the server on Wednesday night. It is fast now.
Great work. Did you order the hotel for the journey to Paris?
Not now. The train leaves at 9:45 a.m. on Thursday.
I will order the tickets after lunch.
Room 204 is free for the presentation. It is on the 2nd floor.
Good. Let's move the interview to 4 o'clock.
No problem. I will tell the new engineer.
Do we have another question?
No, I think that is all for today.
Thank you very much. See you next week.
Have a nice day. Goodbye.
"""

CHINESE = """
大家好，会议现在开始。
你好，经理，今天的会议重要吗？
很重要，我们需要讨论明年的计划。
好的，我已经准备了报告。
首先，请介绍预算。
今年的预算是4500元，去年是3800元。
价格提高了15%，为什么？
因为材料比去年贵，而且工资提高了。
我觉得我们需要比较三家公司的价格。
好的，我明天上午去工厂检查材料。
请给客户打电话，说时间改变了。
我下午3点30分给他打电话。
另外，新网站什么时候完成？
工程师说下个星期五完成测试。
软件的问题解决了吗？
已经解决了，系统现在很稳定。
很好，客户喜欢新产品吗？
他们很满意，觉得屏幕很大，声音很清楚。
他们想要5台电脑和20个手机。
当然，请发邮件确认。
我们星期四去北京参观博物馆。
火车票买了吗？
买了，早上8点45分出发。
饭店预订了吗？
没有，我今天晚上预订。
请记得带护照和合同。
好的，谢谢经理。
最后，大家有意见吗？
没有，我们明天努力工作。
好的，会议结束，谢谢大家。
下个星期见面。
"""

SWITCH_ENGLISH = [
    "Good afternoon, everyone.", "Today we want to talk about the new product.", "The price is $250, and the box is very light.",
    "We need 3 weeks for the test.", "The meeting starts at 10:15 a.m. tomorrow.", "Now my colleague from China will speak.",
]
SWITCH_CHINESE = ["大家下午好。", "我叫李文，我是工程师。", "这个产品很方便，价格很便宜。", "我们明天上午10点15分开会。", "请大家准备问题，谢谢。"]


def turns(script):
    """List of turns, each a list of sentences."""
    return [[s for s in re.split(r"(?<=[?!。？！])\s*|(?<=(?<!\.m)\.)\s+", line) if s] for line in script.strip().splitlines()]


def english_units(sentence):
    """Units of an English sentence, numbers with what is said for them."""
    g, units = grammar_en, []
    for word in sentence.split():
        body = word.rstrip(",?!") if word.rstrip(",?!") in ("a.m.", "p.m.") else word.rstrip(".,?!")
        tail = word[len(body):]
        if m := re.fullmatch(r"(\d+):(\d\d)", body):
            spoken = g.say(int(m[1])) + " " + g.say(int(m[2]))
        elif m := re.fullmatch(r"\$(\d+)", body):
            spoken = g.say(int(m[1])) + " dollars"
        elif m := re.fullmatch(r"(\d+)%", body):
            spoken = g.say(int(m[1])) + " percent"
        elif m := re.fullmatch(r"(\d+)(st|nd|rd|th)", body):
            spoken = g.ordinal(int(m[1])).spoken
        elif body.isdigit():
            room = units and units[-1].written == "Room"
            spoken = g.ONES[int(body[0])] + " oh " + g.ONES[int(body[2])] if room else g.say(int(body))
        elif body in ("a.m.", "p.m."):
            spoken = body[0].upper() + " M"
        else:
            spoken = body
        units.append(Unit(word, spoken + tail))
    return units


def chinese_units(sentence):
    units = []
    for part in re.findall(r"\d+%|\d+|[^\d]", sentence):
        if part.endswith("%"):
            units.append(Unit(part, "百分之" + grammar_zh.say(int(part[:-1]))))
        elif part.isdigit():
            units.append(Unit(part, grammar_zh.say(int(part))))
        elif part in "，。？！":
            units[-1] = Unit(units[-1].written + part, units[-1].spoken + part)
        else:
            units.append(Unit(part, part))
    return units


def units(sentence, lang):
    return english_units(sentence) if lang == "en" else chinese_units(sentence)


SENTENCES = {s for script in (ENGLISH, CHINESE) for turn in turns(script) for s in turn} | set(SWITCH_ENGLISH + SWITCH_CHINESE)

if __name__ == "__main__":
    words = {w.lower() for w in grammar_en.vocabulary()}
    written = {w.strip(",?!").rstrip(".") for s in SENTENCES for w in s.split() if w.isascii()}
    print("not in the word list:", sorted(w for w in written if w[0].isalpha() and w.lower() not in words and w not in words | {"a.m", "p.m"}))
    print("not in the character list:", sorted({c for s in SENTENCES for c in s if "\u4e00" <= c <= "\u9fff"} - set(grammar_zh.characters())))
