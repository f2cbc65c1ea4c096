"""What is known of German beyond its stems: words that say too little, and endings."""

import re
from typing import Final

_SAID_EVERYWHERE: Final = """
ab aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes
andern anders ans auch auf aus bei beim bereits bin bis bist bzw da dabei dadurch dafür dagegen
daher damit danach dann daran darauf daraus darf darin darum darüber das dass davon dazu dein
deine dem den denen denn dennoch der deren des dessen deshalb die dies diese diesem diesen
dieser dieses dir doch dort du durch dürfen ebenso eher ein eine einem einen einer eines einige
einigen einiger einiges einmal er erst es etwa etwas euch euer eure für gegen gewesen gibt hab
habe haben halt hat hatte hatten her hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren
ihrer ihres im immer in indem ins ist ja je jede jedem jeden jeder jedes jedoch jene jenem jenen
jener jenes jetzt kann kein keine keinem keinen keiner keines können könnte könnten lassen läßt
lässt man manche manchem manchen mancher manches mehr mein meine meinem meinen meiner meines
mich mir mit muss müssen musste nach nein nicht nichts noch nun nur ob oder ohne pro schon sehr sei
sein seine seinem seinen seiner seines seit selbst sich sie sind so sobald sogar solche solchem
solchen solcher solches soll sollen sollte sollten sondern sonst sowie statt um und uns unser
unsere unserem unseren unserer unter viel viele vielen vom von vor wann war waren warum was
weder weil welche welchem welchen welcher welches wenn wer werde werden wem wen weshalb
wessen wie wieder wieso will wir wird wo wohin woher wollen wollte womit worden worin worüber
wozu wurde wurden während würde würden zu zum zur zwar zwischen über
"""

STOPWORDS: Final = frozenset(_SAID_EVERYWHERE.split())
"""Nobody looks for them, and nearly every text has them; a compound has none as its part."""

BOUND: Final = frozenset(
    ("bio", "erz", "geo", "haupt", "makro", "mikro", "ober", "oko", "sonder", "tele", "vize")
)
"""First parts of compounds that are no words by themselves."""

ENDINGS: Final = ("e", "em", "en", "ens", "er", "ern", "ernde", "es", "innen", "n", "s")
"""What inflection puts behind stems."""

LINKS: Final = ("", "e", "en", "er", "es", "n", "s")
"""What stands behind the first part of a compound."""

ABBREVIATIONS: Final = (
    ("Cent", "ct"), ("Hektar", "ha"), ("Kilometer", "km"), ("Kilowattstunden", "kWh"),
    ("Megawattstunden", "MWh"), ("Millionen", "Mio"), ("Milliarden", "Mrd"), ("Nummer", "Nr"),
    ("Sankt", "St"), ("Straße", "Str"),
)  # fmt: skip
"""Words and how they are shortened: texts with one of both are found by the other."""

PAIRS: Final = (
    ("", "in"), ("", "innen"), ("e", "in"), ("e", "innen"), ("s", "sse"), ("s", "ssen"),
    ("o", "en"), ("a", "en"), ("um", "en"), ("us", "en"), ("is", "en"), ("in", "en"),
    ("in", "innen"), ("t", "en"), ("te", "en"), ("ten", "en"), ("et", "en"), ("ete", "en"),
    ("eten", "en"),
)  # fmt: skip
"""Endings that Snowball's algorithm does not take off, so that words of one stem seem to be of two:
Konto and Konten, Kollegin and Kollegen, dimmt and dimmen."""

_PREFIXES: Final = """
ab an auf aus be bei da dar durch ein ent er fern fest fort frei ge her heraus hervor hin hinaus
hinter hinzu los miss mit nach nieder statt teil uber um unter ver vor voraus vorbei weg weiter
wider wieder zer zu zuruck zusammen zwischen
"""

BEFORE: Final = tuple(_PREFIXES.split())
"""What stands before verbs and is one word with them, folded."""

_IRREGULAR: Final = """
bieg bog bog, biet bot bot, bind band bund, bitt bat bet, bleib blieb blieb,
brech brich brach broch, brenn brannt brannt, bring bracht bracht, denk dacht dacht,
dring drang drung, fahr fuhr fahr, fall fiel fall, fang fing fang, find fand fund,
flieg flog flog, fliess floss floss, frier fror fror, geb gib gab geb, geh ging gang,
gelt gilt galt golt, giess goss goss, ginn gann gonn, gleich glich glich, gleit glitt glitt,
greif griff griff, halt hielt halt, hang hing hang, heb hob hob, heiss hiess heiss,
helf hilf half holf, kenn kannt kannt, kling klang klung, komm kam komm, lad lud lad,
lass liess lass, lauf lief lauf, leid litt litt, leih lieh lieh, les lies las les, lieg lag leg,
ling lang lung, mess miss mass mess, nehm nimm nahm nomm, nenn nannt nannt, niess noss noss,
rat riet rat, reiss riss riss, ruf rief ruf, schaff schuf schaff, scheh schieh schah scheh,
scheid schied schied, schein schien schien, schieb schob schob, schiess schoss schoss,
schlag schlug schlag, schliess schloss schloss, schneid schnitt schnitt, schreib schrieb schrieb,
schreit schritt schritt, schweig schwieg schwieg, schwind schwand schwund, seh sieh sah seh,
send sandt sandt, sink sank sunk, sinn sann sonn, sitz sass sess, sprech sprich sprach sproch,
spring sprang sprung, steh stand stand, steig stieg stieg, sterb stirb starb storb,
stoss stiess stoss, streich strich strich, streit stritt stritt, trag trug trag,
treff triff traf troff, treib trieb trieb, tret tritt trat tret, trink trank trunk,
wachs wuchs wachs, weich wich wich, weis wies wies, wend wandt wandt, werb wirb warb worb,
werf wirf warf worf, wieg wog wog, winn wann wonn, wiss weiss wusst wusst, zieh zog zog,
zwing zwang zwung
"""

VERBS: Final = tuple(tuple(verb.split()) for verb in _IRREGULAR.split(","))
"""Stems of irregular verbs, folded; the last is that of the participle, without ge."""

LINKED: Final = ("heit", "ing", "ion", "keit", "ling", "schaft", "tat", "tum", "ung")
"""Between what ends so and the next part of a compound there is always an s."""

DERIVED: Final = (
    "bar", "erin", "erisch", "erlich", "erung", "haft", "heit", "ierung", "igkeit", "isch", "isier",
    "keit", "lich", "los", "sam", "schaft", "tlich", "ung",
)  # fmt: skip
"""With these begins what makes another word of one, and is none itself."""

NO_PARTS: Final = frozenset(("halt", "heit", "keit", "schaft"))
"""Stems of words that stand at the end of others and mean nothing there: a Haushalt is no Haus."""

NO_ENDS: Final = frozenset(("bar", "haft", "los", "schaft"))
"""Stems of words that are no last parts, but first ones: formlos, abrufbar; Losnummer, Bargeld."""

LIKE_ENDINGS: Final = frozenset(
    ("acht", "alt", "elt", "end", "iert", "ig", "igung", "illig", "inand", "inn", "int", "ist",
     "licht", "test", "tisch", "tur")
)  # fmt: skip
"""Stems of last parts only beside words as they are said: Jahresende, and not Auszubildende."""

NO_FIRST: Final = ("be", "emp", "ent", "er", "ge", "miss", "ver", "zer")
"""Before a verb these are no words: neither Verband nor verraten has two parts."""

_FOREIGN_S: Final = re.compile("(?<=..[aiopy])s$")
_WOMEN: Final = re.compile("(.{5,}?)(?<!er)innen")
_DERIVED: Final = re.compile("(?:lich|isch|ig|ik|heit|keit|ung|end)+")
_PERSONS: Final = re.compile(
    "(.*(?:besuch|burg|fahr|handl|klag|lehr|les|miet|nutz|rentn|schul|spiel|tat|wahl)er)"
    "(?:s|n|in|innen|innern)?"
)
_AGAIN: Final = {"rate": "rate", "raten": "rate"}


def stem(word: str, found: str) -> str:
    """The stem of a folded word for which Snowball's algorithm has `found` one.

    Snowball's takes off what makes another word as well: here Gesetze have the stem of Gesetz, and
    gesetzliche have not.  Autos have that of Auto, and Schüler not that of Schule.
    """
    if person := _PERSONS.fullmatch(word):
        return person[1]
    if women := _WOMEN.fullmatch(word):
        return women[1]
    if (derived := _DERIVED.match(word, len(found))) and word.startswith(found):
        return word[: derived.end()]
    return _AGAIN.get(word) or _FOREIGN_S.sub("", found)
