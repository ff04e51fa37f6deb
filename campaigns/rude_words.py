"""Does a code spell a word that nobody wants on paper?

The list is short and our own: German and English words that would hurt a customer or shame a shop.  Look-alikes count as well (``A55`` is
ASS), so a harmless code may be refused: a generated one is drawn again, a partner chooses another.
"""

import re

ANYWHERE = """
    1488 abschaum alqaida arschficker arschgeige arschgesicht arschkriech arschloch arsehole asshole auschwitz bastard behindert bitch blutundehre bombenleger
    bullshit bumsen cocksuck cunts dickhead dildo drecksack drecksau faggot faschis fascis fickdich fickmich ficksau fickstu fotze fuck furz fuxk gasjuden
    gestapo goebbels goering gruppensex heilhitler hh88 himmler hitler holocaust huren hurevon idiot judenhass judensau judenver kacke kackwurst kanake
    kinderficker kinderporn krueppel leckarsch leckmich masturb missgeburt mongoloid motherfuck muschi mutterfick naziparty negerk negerl negers neonazi nigga
    nigger nutte onanie orgasm paedophil penis phuck pimmel piss porno pussy retard scheise scheiss scheisz scheix schlampe schwuchtel sexparty sexshop shithe
    shitty siegheil slutty spasti swastika titten toeten tranny trottel vagina vergasen vergast vergasung vergewalt whore wichse wichser wixer wixxer zigeuner
    zyklonb
"""
"""Rude wherever they stand, also inside a longer word."""

ALONE = """
    aas adolf affe amok anus arm arsch ass behindi biest bimbo bloed blut bombe bums butt clit cock coon crap cum cunt damn dead death depp dick doof dreck
    dumm dyke ekel fag fat fett fick ficken ficker fies gas gay geil hass hate heil hell hj hoe homo hure isis jihad jude juden kack kike kill killer kkk klo
    kot kotze krank krebs kuh kz laus leiche loser lsd luder lump mist moese mof mongo mord muell nackt nazi nazis neger ns nsu opfer paki pedo pimp polacke
    poop porn prick pups qual raf rape rapist ratte rotz sa satan sau schwanz sex shit sklave slave slut spast sperm ss stasi stink tit tits tod tot twat urin
    wank weed whore wichs xxx
"""
"""Rude by themselves, harmless inside names (Marschall, Ignazio, Essex); in a code that was drawn there are no names."""

_LOOKS = str.maketrans("01L2Z3456789VÄÖÜ", "OIISSEASGTBGUAOU")
"""Signs that are read as each other (leetspeak, worn print) become one; umlauts become their vowels."""


def is_rude(code: str) -> bool:
    """Whether a code that somebody chose is, or holds, a rude word; hyphens and digits divide it into words."""
    whole = "".join(filter(str.isalnum, code.upper()))
    parts = [part for part in re.split(r"[\W_]+", code.upper()) if part]
    return bool(_INSIDE.search(whole.translate(_LOOKS))) or any(
        form.translate(_LOOKS) in _WORDS for part in (whole, *parts) for form in (part, part.strip("0123456789"))
    )


def spells_rude(code: str) -> bool:
    """The same for a code that was drawn, without hyphens: any word of the list of three letters or more, wherever it stands."""
    return bool(_DRAWN.search(code.translate(_LOOKS)))


def _pattern(words: set[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(words)))


def _read(words: str) -> set[str]:
    return {word.upper().translate(_LOOKS) for word in words.split()}


_INSIDE = _pattern(_read(ANYWHERE))
_WORDS = _read(ALONE)
_DRAWN = _pattern({word for word in _read(ANYWHERE) | _WORDS if len(word) > 2})
