"""The numbers that verdicts rest on, each with its reason; shares are of a group's titles.

Cases at their edges are in tests/questions/test_question_thresholds.py; a number that no case needs
goes.
"""

# -- titles that ask -------------------------------------------------------------------------------

# Who asks writes some of the questions as topics: "Norms of matrices".
MOST_ASK = 0.5
# Headings that most of the file is below: a list of topics, some of them worded as questions. More
# than a third: of three, one that asks is no sign.
SOME_ASK = 0.34
# So few that the others are topics: in a text on anything, a title or two asks.
HARDLY_ANY_ASK = 0.15
# Sections: some have a name that reads as a question, "Design", "List of X".
FEW_ASK = 0.3
# Answers with a label below one title: a question has one, and perhaps its explanation.
ANSWERS_OF_SECTION = 3
# Questions beyond doubt, beside titles that do not ask.
NEARLY_ALL_ASK = 0.8
# Bold text and list items are mostly emphasis and steps, so more of them have to ask.
MOST_PLAIN_ASK = 0.6

# -- statements, each with the term for it below ---------------------------------------------------

# Letters of a statement; titles of books and points of a list have fewer. Han, kana and hangul
# count twice.
STATEMENT = 30
# The term, against the statement: what is longer explains it.
TERM = 0.5
# Of fewer than these, the list is steps, or points with a remark each.
LONG_RUN = 10

# -- titles with something below -------------------------------------------------------------------

# Titles with an answer, titles that hold others, titles that a table of contents names.
MOST = 0.5
# Sections that hold nothing but questions; the first of them may open with a sentence.
MOST_BARE = 0.6
# The text that a section opens with, links aside, of all that is in it.
OPENING = 0.2
# All but a few of the outer titles hold inner ones.
NEARLY_ALL_HOLD = 0.8

# -- what no question is ---------------------------------------------------------------------------

# Titles such as "Introduction", "Methods": a fifth of them makes a text in chapters.
CHAPTERS = 0.2
# The letters below titles that are links, or further questions.
HOLLOW = 0.6
# Different titles among all: below, they are the parts that each answer has.
DIFFERENT = 0.7
# Titles that number from 1 again: steps do so in every answer, questions in a section or two.
RESTARTS = 2
# From 1 up to here without a break, steps are rare: a section of questions counts as far.
SECTION_RUN = 8
# Un-numbered titles below one numbered one: a chapter holds so many, a question hardly.
PARTS_OF_A_CHAPTER = 2
# Places with links or further questions, to each title.
HOLLOW_PLACES = 2

# Signs of documentation: a user's own topics may be in a README, or below one heading of several.
SIGNS = 2

# Boxes to tick below a question: of two, "done" and "not done", one may be ticked anywhere.
BOXES = 3

# Statements in a list with what is said of them in bold, `**False**`: one may be emphasis.
JUDGED = 2

# Titles that a word counts, `Card 1`, `Card 2`: two may be anything.
COUNTED_TITLES = 3
# Paragraphs that ask, of all paragraphs, lists and code of a file: each has an answer of a few.
ASKING_PARAGRAPHS = 0.2

# -- the share of the file's text ------------------------------------------------------------------

# Numbered titles that do not ask number something in a README, if less than this is below them.
MINOR_PART = 0.3
# Un-numbered titles are the questions of a file only if so much of it is below them.
COVERING = 0.4
# Headings that nearly all of the file is below are its sections, or its questions.
COVERING_ALL = 0.8
# A file that is one question, its title, has nearly all of its text below it.
ONE_QUESTION = 0.8

# Un-numbered titles like the numbered ones, to each of these: then numbers are the exception.
EXCEPTION = 2

# -- groups beside each other ----------------------------------------------------------------------

# The share that a group has of the largest one, to be taken for standing outside of it.
OUTERMOST = 0.25
# Inner questions to each outer title, for the outer ones to be the chapters of a lesson.
QUIZ = 0.5
# Titles with a label and an answer below a heading such as "Interview questions"; one may be any.
QUIZZED = 2
# These, to each outer title: of more topics than so, they are what the file is for.
OWN_CHAPTER = 0.2
# What the shares of two groups differ by, for one to be told from the other.
CLEARLY_NAMED = 0.5
CLEARLY_ASKS = 0.3
# A group so many times as large as another that asks wins over it, whatever its mark-up.
OUTWEIGHS = 5
# Numbers that a list counts to before a heading of another level can go on with them.
COUNTED_TO = 2
