"""How somebody writes: their mood and how urgent it is, by rules that can be read.

Mood counts points: strong words of anger 2; mild ones, capitals, several exclamation or question marks, and words that
say it is not the first time 1 each; messages before this one that were not understood 1 each from the second on.
2 points are "upset", 1 is "tense"; none, with a word of praise or delight, is "pleased"; else "calm".

Urgency is "now" when the words say so or name today, "soon" for tomorrow, a near day or an occasion, else "none".
"""

from __future__ import annotations

import re

from bot.grams import plain

READ = 4_000
UPSET, TENSE = 2, 1

STRONG = re.compile(
    r"""\b(?:inadmissible|inacceptable|scandale(?:ux|use)?|honteux|honteuse|une\shonte|furieux|furieuse
    |en\scolere|arnaque|arnaqueurs?|escrocs?
    |escroquerie|vole(?:e|s|es)?\spar\svous|n['\s]importe\squoi|ras\s(?:le\sbol|la\scasquette)|marre|m['\s]enerve
    |enervee?|excedee?|insupportable
    |degoutee?|lamentable|catastrophi(?:que|c)|nuls?\s(?:a|chez)|foutez|foutre|moquez|prenez\spour|avocat|ufc
    |dgccrf|tribunal|plainte|merde
    |deplorable|pathetique|plus\sjamais|unacceptable|disgrace(?:ful)?|disgusting|ridiculous|outrageous|furious
    |fuming|livid|angry|scam(?:mers?)?
    |fraudsters|rip\s?off|ripped\soff|appalling|atrocious|awful|terrible|worst|pathetic|useless|joke\sof\sa
    |fed\sup|sick\s(?:of|and\stired)|had\senough
    |lawyer|sue|trading\sstandards|never\s(?:again|buying)|shit|bloody|damn|fuck\w*|putain|bordel|incompeten\w+|shambles)\b""",
    re.VERBOSE,
)
MILD = re.compile(
    r"""\b(?:decue?s?|decevant|decevante|agacee?|agacant|penible|inquiete?s?|anormal|pas\s(?:normal|serieux
    |correct|possible)|trop\slong|serieux\s?\?
    |c\sest\slong|j\sattends|perds\spatience|patience\sa|mecontente?s?|disappointed|disappointing|annoyed
    |annoying|frustrat\w+|upset|unhappy|worried
    |not\sgood\senough|poor\sservice|still\swaiting|ages|losing\spatience|come\son|hopeless|not\shappy|confused|irritat\w+)\b""",
    re.VERBOSE,
)
AGAIN = re.compile(
    r"""\b(?:toujours\s(?:pas|rien|aucune?)|encore\s(?:une\sfois|rien|casse|en\sretard)|(?:\d+|deux|trois
    |quatre|cinq)(?:e|eme|ieme)?\sfois|deuxieme\sfois|troisieme\sfois
    |deja\s(?:dit|ecrit|appele|envoye|demande|explique|donne)|personne\sne\s(?:repond|m)|sans\sreponse
    |aucune\s(?:reponse|nouvelle)|n\savance\spas
    |still\s(?:not|no|nothing|haven\st|hasn\st)|(?:second|third|fourth|2nd|3rd|4th|fifth)\stime|yet\sagain
    |once\sagain|(?:two|three|\d+)\stimes
    |already\s(?:told|said|wrote|called|sent|asked|given)|no\s(?:one|body)\s(?:answers?|replies|is)|nobody|keep\s(?:telling|asking|getting)|again\sand\sagain)\b""",
    re.VERBOSE,
)
GLAD = re.compile(
    r"""\b(?:super|genial|parfait|top|ravie?s?|contente?s?|heureu(?:x|se)|bravo|merci\s(?:beaucoup|infiniment
    |mille|bien)|excellent\w*|adore|impeccable|nickel
    |formidable|magnifique|great|perfect|brilliant|lovely|wonderful|amazing|fantastic|awesome
    |thank\syou\sso\smuch|thanks\sa\s(?:lot|million)|love\s(?:it|them|the)
    |happy|delighted|pleased)\b""",
    re.VERBOSE,
)
NOT_GLAD = re.compile(r"\b(?:pas|plus|jamais|not|never|isn\st|un|aren\st|peu|bof|no)\s(?:\w+\s){0,2}$")
NOW = re.compile(
    r"""\b(?:urgent\w*|urgence|au\splus\s(?:vite|tot)|tout\sde\ssuite|immediatement|maintenant|aujourd\shui
    |ce\s(?:matin|midi|soir)|cet\sapres\smidi|dans\sl\sheure
    |des\sque\spossible|asap|emergency|immediately|straight\saway|right\s(?:now|away)|now|today|tonight|this\s(?:morning|afternoon|evening)|as\ssoon\sas\spossible)\b""",
    re.VERBOSE,
)
SOON = re.compile(
    r"""\b(?:demain|apres\sdemain|rapidement|vite|ce\sweek\send|cette\ssemaine|avant\s(?:le|la|lundi|mardi
    |mercredi|jeudi|vendredi|samedi|dimanche|noel|demain)
    |anniversaire|mariage|noel|bapteme|demenage\w*|je\spars|en\svacances|tomorrow|quickly|soon|hurry
    |this\sweek(?:end)?|before\s(?:the|monday|tuesday|wednesday
    |thursday|friday|saturday|sunday|christmas|i\sleave)|birthday|wedding|christmas|moving\s(?:house|in|out)
    |deadline|by\s(?:monday|tuesday|wednesday|thursday
    |friday|saturday|sunday))\b""",
    re.VERBOSE,
)
MARKS = re.compile(r"!{2,}|\?{2,}|[!?]{3,}|😡|🤬|😠")


def mood(text: str, *, not_understood: int = 0) -> str:
    """ "calm", "tense", "upset" or "pleased". `not_understood`: how many messages in a row before this one were not."""
    text = text[:READ]
    words = bare(text)
    points = 2 * bool(STRONG.search(words)) + bool(MILD.search(words)) + bool(AGAIN.search(words))
    points += bool(MARKS.search(text)) + shouts(text) + max(0, not_understood - 1)
    if points >= UPSET:
        return "upset"
    if points >= TENSE:
        return "tense"
    glad = GLAD.search(words)
    return "pleased" if glad and not NOT_GLAD.search(words[: glad.start()][-60:]) else "calm"


def urgency(text: str) -> str:
    """ "now", "soon" or "none"."""
    words = bare(text[:READ])
    return "now" if NOW.search(words) else "soon" if SOON.search(words) else "none"


def shouts(text: str) -> bool:
    """Whether most of a message of several words is in capitals; a word or two may be a code or a name."""
    words = re.findall(r"[^\W\d_]{3,}", text)
    return len(words) >= 3 and sum(word.isupper() for word in words) >= 0.6 * len(words)


def bare(text: str) -> str:
    """Words in small letters without accents or marks, one space between them."""
    return " ".join(re.findall(r"[\w]+", plain(text)))
