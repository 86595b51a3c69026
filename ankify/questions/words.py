"""The words that tell questions, answers and other headings apart, in many languages."""

from __future__ import annotations

import re

ASKED = (
    "(?:高频|经典|常见)?面试题|(?:选择|单选|多选|判断|填空|简答|问答|思考|(?:算法)?编程|算法|手写|场景"
    "|论述|计算|综合|应用|名词解释)题|面試題|题目|題目|问题|問題|题|題|问|問"
)

LABEL = (
    r"(?:(?:interview|practice|review|sample|mock|exam|quiz|bonus|coding)\s+)?questions?|mcq"
    rf"|flash\s?cards?|ques|que|qn|q|no(?=\.)|{ASKED}|質問|設問|질문|문제"
    "|preguntas?|perguntas?|quest(?:ão|ao|ione)|domanda|frage|вопрос"
)

# Labels of much else, too: they count only where the titles ask, or the answers have a label.
EXERCISE = (
    "问题|問題|problem|exercise|task|challenge|scenario|puzzle|例题|习题|练习题?"
    "|ejercicio|exerc[íi]cio"
)

QUESTION_LABEL = re.compile(rf"\W*(?:{LABEL})\s*[:：]\s*(?=\S)", re.IGNORECASE)

# What stands above a question and is no part of it: `**Question**`, `### 题目`.
ONLY_LABEL = re.compile(rf"\W*(?:{LABEL}|{EXERCISE})\W*", re.IGNORECASE)


def normal(title: str) -> str:
    """A title reduced to its letters and digits, to compare titles with."""
    return NO_LETTERS.sub("", title).casefold()


NO_LETTERS = re.compile(r"[\W_]+")

ASKING = re.compile(
    r"""[?？]
    | ^(?:what|how|why|when|where|which|who|explain|describe|define|list(?!\sof)|give|compare
        |discuss|name|tell|write|implement|suppose|given|say|design|difference|differentiate|can|could|does|do
        |did|is|are|was|should|would|will|have|has|in\swhat|assume|you|your|outline|mention
        |enumerate|state|show|prove|derive|calculate|create
        |qué|cómo|cuál(?:es)?|por\squ[ée]|cuándo|explica|describa|o\sque|qual|quais|explique|descreva
        |wie|warum|welche[rs]?|erkläre|quel(?:le)?s?|comment|pourquoi|expliquez
        |что|как(?:ой|ая|ое|ие)?|почему|зачем|чем|когда|где|сколько|объясните|опишите|назовите)\b
    | \b(?:difference|differences)\s+between\b | \b(?:vs\.?|versus)\s
    | （\s*） | _{3,}
    | 什[么麼] | 如何 | 何谓 | 怎[么麼样樣] | 为啥 | [为為]何 | 哪[些种几个] | [吗嗎呢]$
    | 区别 | 區別 | 是否 | 能否 | 能不能 | 有没有 | 多少 | 几种 | 多大 | 输出是 | 说说 | 谈谈 | 讲讲
    | 说一下 | 讲一下 | 聊聊 | 简述 | 列举 | 异同 | 优缺点 | 优点和缺点 | 对比(?!学习) | 有何
    | ^(?:请(?!求)|請|介绍|解释|描述(?!符)|阐述|论述|试述|说明|比较|谈|设计(?!模式|原则)|手写|手撕
        |举例|给定|假设(?!检验)|简单(?!工厂)|下列|写一个|实现一个|计算)
    | 何(?:です)?か | とは$ | なぜ | どのよう | ですか | ますか | 説明し | 述べ(?:よ|て)
    | (?:이?란|무엇\w*|어떻게\w*)\W*$ | 무엇 | 어떻게 | 어떤\s | 왜\s | 차이 | 설명하""",
    re.IGNORECASE | re.VERBOSE,
)


def asks(title: str) -> bool:
    """Whether a title reads as a question or a task."""
    found = ASKING.search(title)
    if found and LONE_WORD.match(found[0]) and (" " not in title.strip() or HAN.search(title)):
        found = ASKING.search(title, found.end())  # "List" and "State 模式" are nouns
    return bool(found)


LONE_WORD = re.compile(r"[a-z]+$", re.IGNORECASE)

HAN = re.compile("[\u4e00-\u9fff]")

# Headings no reader takes for a question, whatever their number.
MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*"

NO_QUESTION = re.compile(
    rf"""^\W*(?:目录|目錄|table\sof\scontents|contents|toc|index|references?|参考(?:文献|资料|链接)?
    |bibliography|further\sreading|resources|license|contributing|contributors?|acknowledge?ments?
    |change\s?log|release\snotes|todo|待完成|待补充|待续|总结|小结|summary|conclusions?|结论|前言|序言
    |preface|introduction|引言|简介|about|appendix|附录|credits|source|sources|来源|see\salso
    |related\s(?:topics|work)|延伸阅读|扩展阅读|推荐阅读|更新日志|题目|问题|答案|解答
    |(?:[单多]项?选|选择|判断|填空|简答|问答|编程|算法|论述|计算|名词解释|综合|应用|客观|主观)题[库集]?
    (?:\s*[(（][^()（）]*[)）])?|answers?
    |solutions?|questions?|q\s?&\s?a|cheat\s?sheet|key\stakeaways?|notes?|备注|说明|(?:released?\W+)?{MONTH}\.?\s\d{{1,2}},?\s\d{{4}})\W*$""",
    re.IGNORECASE | re.VERBOSE,
)

# A part of a text that holds the questions on it.
QUIZ = re.compile(
    r"""^\W*(?:(?:common|top|sample|practice|review|interview|exam|quiz|self-?|knowledge)\s?)*
    (?:questions?(?:\s(?:&|and|with)\sanswers?)?|q\s?&\s?a|flash\s?cards?|quiz(?:zes)?|faqs?|check|test)\W*$
    |^\W*(?:常见|高频)?(?:面试题|自测题?|练习题?|习题|思考题|问答)(?:汇总|及答案)?\W*$""",
    re.IGNORECASE | re.VERBOSE,
)

# The key of a test, `3. Correct answer: B`.
KEY = re.compile(
    r"^\W*(?:the\s|correct\s|right\s|正确|参考|标准)*(?:answers?|答案|解答)[是为]?\s*[:：]",
    re.IGNORECASE,
)

# Titles of a text in chapters rather than of questions.
CHAPTER_TITLE = re.compile(
    r"""^\W*(?:introduction|background|overview|methods?|methodology|results?|discussion|related\swork
    |conclusions?|summary|abstract|experiments?|evaluation|install(?:ation|ing)?|usage|setup
    |getting\sstarted|prerequisites?|requirements?|quick\s?start|configuration|features?|faq
    |examples?|future\swork|motivation|appendix|(?:non-?\s?)?goals?|scope|personas?|user\sstories
    |problem\sstatement|(?:non-?)?functional\srequirements?|acceptance\scriteria|milestones?|timeline
    |open\squestions|project\sstructure|tech(?:nology)?\sstack|概述|简介|介绍|引言|前言|背景|总结|小结|结论|安装
    |使用|配置|快速(?:开始|入门|上手|启动)|后续计划|下一步
    |(?:项目|系统|课程|论文|需求|功能|研究|产品|实验|本[章节课文篇]|学习|技术|安装|部署|整体|总体)[和与及]?
    (?:项目|系统|技术|功能|论文)?(?:介绍|简介|概述|背景|目标|信息|架构|设计|框架|栈|选型|动机|范围|截图|说明|教程
    |部署|总结|小结|结果|分析|结论|结构|演示|效果|步骤|展望|功能|需求|计划)|环境(?:准备|搭建)?|结语|后记|准备(?:工作)?|实验|方法)\W*$""",
    re.IGNORECASE | re.VERBOSE,
)

# What somebody has to do, one step after the other.
STEP_TITLE = re.compile(
    r"""^\W*(?:install|download|clone|fork|configure|set\s?up|setting\sup|run|start|launch|open|add|deploy
    |build|register|log\s?in|sign\s(?:in|up)|enable|import|verify|check\sout|commit|push|pull|update
    |upgrade|copy|connect|prepare|create|make|submit|get(?:ting)?)(?:ing)?\b(?![^?]*\?)
    | ^\W*(?:安装|下载|克隆|配置|运行|启动|部署|编译|注册|登录|新建|创建|添加|打开|修改|提交)""",
    re.IGNORECASE | re.VERBOSE,
)

# The title of a file that holds no questions, however its headings are numbered.
OTHER_PAPER = re.compile(
    r"""^\W*(?:history|更新日志|更新记录|版本\w*|贡献指南|(?:.*\s)?(?:change\s?-?log|release\s(?:notes|history)
    |licen[cs]e(?:\sagreement)?|code\sof\sconduct|security\spolicy)
    |contributing(?:\s(?:to\s.*|guide(?:lines?)?))?)\W*$""",
    re.IGNORECASE | re.VERBOSE,
)

CONTENTS = re.compile(r"^\W*(?:目录|目錄|table\s+of\s+contents|contents|toc)\W*$", re.IGNORECASE)

# The label in front of an answer, or of the button that opens it: `**Answer: B**`, `答案：`.
PRESS = r"(?:click|tap|press|show|view|see|reveal|toggle|expand|open|ver|mostrar)"

ANSWER = rf"""(?:(?:the|my|strong|sample|good|best|short|long|correct|right|reference|possible|model
    |suggested|expected|here|to|for|{PRESS})\s+)*
    (?:(?:answers?|ans|a|solutions?|respuestas?|respostas?|soluci[óo]n|solução|réponse|antwort|lösung
    |ответ|решение|correct(?=\s*:))
    |(?:参考|正确|标准|[点查显顯看展]\w{{0,4}}?)?(?:答案(?:[与和及]?解析|[是为])?|解答)|题解|回答|答え?|正解
    |정답|답변?|해설)(?:\s*\d{{1,4}}(?=\s*[:：]))?"""

BUTTON = r"(?:explanations?|hints?|details?|more|点击\w{0,6}|查看\w{0,4}|展开\w{0,2}|解析|提示)"

LABEL_END = r"(?:\s*[】\]]|\s*[:：.]|\s*(?:[(（][^()（）]*[)）])?\W*$)"

ANSWER_LABEL = re.compile(rf"^\W*{ANSWER}{LABEL_END}", re.IGNORECASE | re.VERBOSE)

BUTTON_LABEL = re.compile(
    rf"^\W*(?:{ANSWER}(?:\s*\#?\d{{1,4}})?|(?:{PRESS}\s+|to\s+|here\s+|more\s+)*(?:{PRESS}|here|{BUTTON}))"
    rf"{LABEL_END}",
    re.IGNORECASE | re.VERBOSE,
)

# Headings that still belong to what is asked, and labels that do not.
TASK = re.compile(
    r"\W*(?:questions?|problem(?:\sstatement|\sdescription)?|(?:your\s)?task|scenario|description|题目(?:描述)?"
    r"|问题(?:描述)?)\W*",
    re.IGNORECASE,
)

GIVES_AWAY = re.compile(
    r"\W*(?:(?:expected|key|main)\s(?:answer\s)?points?|follow-?\s?ups?(?:\squestions?)?|hints?"
    r"|what\s(?:the\s)?interviewers?[^:]*|提示|思路|考点|考察点?|分析)\s*[:：]",
    re.IGNORECASE,
)

# What ends a title in the same paragraph: `Q: X? A: Y`, or a line below with a label or an option.
TITLE_END = re.compile(
    rf"(?:\n\W*|(?<=[?？.。!])\s+){ANSWER}\s*[:：]|\n\W*[a1][.)、]\s", re.IGNORECASE | re.VERBOSE
)


def answers(words: str) -> bool:
    """Whether a line is, or begins with, a label that says "here is the answer"."""
    return bool(ANSWER_LABEL.match(words.split("\n", 1)[0]))


def only_labels(words: str) -> bool:
    """Whether a text is the label of an answer and nothing else."""
    match = ANSWER_LABEL.match(words)
    return match is not None and not normal(words[match.end() :])


def opens(words: str) -> bool:
    """Whether a <summary> only labels a button ("Show more"), instead of asking something."""
    return bool(BUTTON_LABEL.match(words))
