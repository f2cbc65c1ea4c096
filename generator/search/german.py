"""What is known of German beyond its stems: words that say too little, and endings."""

import re
from typing import Final

_SAID_EVERYWHERE: Final = """
ab aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes
andern anders auch auf aus bei beim bereits bin bis bist bzw da dabei dadurch dafür dagegen
daher damit danach dann daran darauf daraus darf darin darum darüber das dass davon dazu dein
deine dem den denen denn dennoch der deren des dessen deshalb die dies diese diesem diesen
dieser dieses dir doch dort du durch dürfen ebenso eher ein eine einem einen einer eines einige
einigen einiger einiges einmal er erst es etwa etwas euch euer eure für gegen gewesen gibt hab
habe haben halt hat hatte hatten her hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren
ihrer ihres im immer in indem ins ist ja je jede jedem jeden jeder jedes jedoch jene jenem jenen
jener jenes jetzt kann kein keine keinem keinen keiner keines können könnte könnten lassen läßt
lässt man manche manchem manchen mancher manches mehr mein meine meinem meinen meiner meines
mich mir mit muss müssen musste nach nein nicht nichts noch nun nur ob oder ohne schon sehr sei
sein seine seinem seinen seiner seines seit selbst sich sie sind so sobald sogar solche solchem
solchen solcher solches soll sollen sollte sollten sondern sonst sowie statt um und uns unser
unsere unserem unseren unserer unter viel viele vielen vom von vor wann war waren warum was
weder weil welche welchem welchen welcher welches wenn wer werde werden wem wen weshalb
wessen wie wieder wieso will wir wird wo wohin woher wollen wollte womit worden worin worüber
wozu wurde wurden während würde würden zu zum zur zwar zwischen über
"""

STOPWORDS: Final = frozenset(_SAID_EVERYWHERE.split())
"""Nobody looks for them, and nearly every text has them; a compound has none as its part."""

BOUND: Final = frozenset(("erz", "haupt", "makro", "mikro", "ober", "sonder", "tele", "vize"))
"""First parts of compounds that are no words by themselves."""

ENDINGS: Final = ("e", "em", "en", "ens", "er", "ern", "ernde", "es", "innen", "n", "s")
"""What inflection puts behind stems."""

LINKS: Final = ("", "e", "en", "er", "es", "n", "s")
"""What stands behind the first part of a compound."""

PAIRS: Final = (
    ("o", "en"), ("a", "en"), ("um", "en"), ("us", "en"), ("is", "en"), ("in", "en"),
    ("in", "innen"), ("t", "en"), ("te", "en"), ("ten", "en"), ("et", "en"), ("ete", "en"),
    ("eten", "en"),
)  # fmt: skip
"""Endings that Snowball's algorithm does not take off, so that words of one stem seem to be of two:
Konto and Konten, Kollegin and Kollegen, dimmt and dimmen."""

LINKED: Final = ("heit", "ing", "ion", "keit", "ling", "schaft", "tat", "tum", "ung")
"""Between what ends so and the next part of a compound there is always an s."""

DERIVED: Final = (
    "bar", "erin", "erisch", "erlich", "erung", "haft", "heit", "ierung", "igkeit", "isch", "isier",
    "keit", "lich", "los", "sam", "schaft", "tlich", "ung",
)  # fmt: skip
"""With these begins what makes another word of one, and is none itself."""

NO_PARTS: Final = frozenset(("halt", "heit", "keit", "schaft"))
"""Stems of words that stand at the end of others and mean nothing there: a Haushalt is no Haus."""

_FOREIGN_S: Final = re.compile("(?<=..[aiopy])s$")
_WOMEN: Final = re.compile("(.{5,}?)(?<!er)innen")
_DERIVED: Final = re.compile("(?:lich|isch|ig|ik|heit|keit|ung|end)+")
_CITIZENS: Final = re.compile("(.*burger)(?:s|n|in|innen|innern)?")
_AGAIN: Final = {"rate": "rate", "raten": "rate"}


def stem(word: str, found: str) -> str:
    """The stem of a folded word for which Snowball's algorithm has `found` one.

    Snowball's takes off what makes another word as well: here Gesetze have the stem of Gesetz, and
    gesetzliche have not.  Autos have that of Auto, and Bürger not that of Burg.
    """
    if citizens := _CITIZENS.fullmatch(word):
        return citizens[1]
    if women := _WOMEN.fullmatch(word):
        return women[1]
    if (derived := _DERIVED.match(word, len(found))) and word.startswith(found):
        return word[: derived.end()]
    return _AGAIN.get(word) or _FOREIGN_S.sub("", found)
