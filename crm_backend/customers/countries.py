"""Countries by their code (ISO 3166-1 alpha-2), and what their postcodes look like."""

from __future__ import annotations

import re

from crm_backend.errors import Invalid

COUNTRIES = frozenset(
    """AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA
    CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB
    GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG
    KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV
    MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB
    SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US
    UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW""".split()  # noqa: SIM905
)
_OVERSEAS = {"GP": "971", "MQ": "972", "GF": "973", "RE": "974", "PM": "975", "YT": "976", "WF": "986", "PF": "987"}
_DIGITS = {
    3: "FO IS MG LS OM PG",
    4: "AF AL AM AR AT AU BD BE BG CC CH CV CX CY DK GE GL HM HU LI LR LU MK MZ NE NF NO NZ PH PY SI SJ TN ZA",
    5: "BA BT CR CU DE DO DZ EE EG ES FI GT HR ID IQ IT JO KE KH KR KW LA LK MA ME MM MU MX MY NP PK RS SA SD SM SN TH"
    " TR UA UY VA ZM",
    6: "BY CN EC KG KZ MN NG RO RU SG TJ TM TT UZ VN CO IN",
    7: "CL IL",
}
_SHAPES = {
    "AD": r"AD[1-7]00",
    "AX": r"22\d{3}",
    "BM": r"[A-Z]{2}\s?[A-Z0-9]{2}",
    "BN": r"[A-Z]{2}\s?\d{4}",
    "BR": r"\d{5}-?\d{3}",
    "CA": r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][\s-]?\d[ABCEGHJ-NPRSTV-Z]\d",
    "CZ": r"\d{3}\s?\d{2}",
    "FR": r"(?:0[1-9]|[1-8]\d|9[0-5]|97|98)\d{3}",
    "GB": r"GIR\s?0AA|[A-Z]{1,2}\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{2}",
    "GG": r"GY\d\d?\s?\d[A-Z]{2}",
    "GI": r"GX11\s?1AA",
    "GR": r"\d{3}\s?\d{2}",
    "IE": r"(?:D6W|[AC-FHKNPRTV-Y]\d{2})\s?[0-9AC-FHKNPRTV-Y]{4}",
    "IM": r"IM\d\d?\s?\d[A-Z]{2}",
    "IR": r"\d{5}-?\d{5}",
    "JE": r"JE\d\d?\s?\d[A-Z]{2}",
    "JP": r"\d{3}-?\d{4}",
    "LT": r"(?:LT-?)?\d{5}",
    "LV": r"(?:LV-?)?\d{4}",
    "MC": r"980\d{2}",
    "MD": r"(?:MD-?)?\d{4}",
    "MT": r"[A-Z]{3}\s?\d{4}",
    "NC": r"988\d{2}",
    "NL": r"[1-9]\d{3}\s?(?!SA|SD|SS)[A-Z]{2}",
    "PL": r"\d{2}-?\d{3}",
    "PT": r"\d{4}-?\d{3}",
    "SE": r"\d{3}\s?\d{2}",
    "SK": r"\d{3}\s?\d{2}",
    "TW": r"\d{3}(?:\d{2,3})?",
    "US": r"\d{5}(?:[\s-]?\d{4})?",
    **{country: f"{prefix}\\d{{2}}" for country, prefix in _OVERSEAS.items()},
    "BL": r"97[01]\d{2}",
    "MF": r"97[01]\d{2}",
    **{country: rf"\d{{{count}}}" for count, named in _DIGITS.items() for country in named.split()},
    # Written with a space or a hyphen by their own post.
    "IN": r"[1-9]\d{2}\s?\d{3}",
}
"""From the postal administrations' own descriptions, as the Universal Postal Union collects them (Postcode @ddress)."""
_PATTERNS = {country: re.compile(shape) for country, shape in _SHAPES.items()}
_ANY = re.compile(r"[A-Z0-9][A-Z0-9 -]{0,11}")


def country(field: str, value: object) -> str:
    """The code in capitals; `UK` is taken for GB. Raises Invalid for what is no country."""
    code = value.strip().upper() if isinstance(value, str) else ""
    code = "GB" if code == "UK" else code
    if code not in COUNTRIES:
        raise Invalid(field, "country")
    return code


def postcode(field: str, value: object, *, country: str) -> str:
    """The postcode in capitals with single spaces, fit for the country; where no rule is known, anything short of
    letters and digits. Empty stays empty. Raises Invalid."""
    if not isinstance(value, str) or len(value) > 40:
        raise Invalid(field, "postcode", country=country)
    plain = " ".join(value.upper().split())
    if not plain:
        return ""
    pattern = _PATTERNS.get(country)
    # France writes 69 003 as well as 69003.
    bare = plain.replace(" ", "")
    if pattern is None:
        if not _ANY.fullmatch(plain):
            raise Invalid(field, "postcode", country=country)
        return plain
    if pattern.fullmatch(plain):
        return plain
    if pattern.fullmatch(bare):
        return bare
    raise Invalid(field, "postcode", country=country)
