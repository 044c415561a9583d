"""Chinese numbers of people and organisations: resident ID, social credit code, telephone; and their masking."""

from __future__ import annotations

import datetime
import re

from django.utils.translation import gettext_lazy as _

from anju.kit.chinese import normalise
from anju.kit.errors import Malformed

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
# First two digits of a resident ID: provinces, and 81/82/83 for residents of Hong Kong, Macao and Taiwan (GB/T 2260).
_PROVINCES = frozenset(
    str(number)
    for block in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83), (91, 91))
    for number in range(block[0], block[1] + 1)
)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

_MOBILE = re.compile(r"1[3-9]\d{9}")
# Area code (010, 02x, or 0 and three digits), 7 or 8 digits, an extension of up to 5.
_LANDLINE = re.compile(r"(0(?:10|2\d|[3-9]\d{2}))?([2-9]\d{6,7})(?:[-转x](\d{1,5}))?")
_SERVICE_LINE = re.compile(r"[48]00\d{7}")


class NumberError(Malformed):
    """The number cannot be right."""


def _compact(text: str) -> str:
    return re.sub(r"[\s]", "", normalise(text)).upper()


def check_id_card(text: str) -> str:
    """Return an 18-digit resident ID in normal form (GB 11643: region, date of birth, ISO 7064 MOD 11-2 check).

    Raises ``NumberError`` where the length, region, date or check digit is wrong.
    """
    number = _compact(text)
    if not re.fullmatch(r"\d{17}[\dX]", number):
        raise NumberError("id_card.format", _("An ID number has 18 digits; only the last may be an X."))
    if number[:2] not in _PROVINCES:
        raise NumberError(
            "id_card.region", _("The first two digits of the ID number name no region. Please check them.")
        )
    try:
        birthday = datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        birthday = None
    if birthday is None or birthday.year < 1880:
        raise NumberError(
            "id_card.date", _("Digits 7 to 14 of the ID number are not a date of birth. Please check them.")
        )
    if id_card_check_digit(number[:17]) != number[17]:
        raise NumberError(
            "id_card.check", _("The last digit of the ID number does not match. One digit may be mistyped.")
        )
    return number


def id_card_check_digit(body: str) -> str:
    """Return the check character for the first 17 digits of a resident ID (ISO 7064 MOD 11-2)."""
    return _ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True)) % 11]


def check_credit_code(text: str) -> str:
    """Return an 18-character unified social credit code in normal form (GB 32100), or raise ``NumberError``."""
    code = _compact(text)
    if len(code) != 18 or any(character not in _CREDIT_ALPHABET for character in code):
        raise NumberError(
            "credit_code.format",
            _("A unified social credit code has 18 digits and capital letters, without I, O, S, V and Z."),
        )
    if credit_code_check_character(code[:17]) != code[17]:
        raise NumberError(
            "credit_code.check", _("The last character of the credit code does not match. One may be mistyped.")
        )
    return code


def credit_code_check_character(body: str) -> str:
    """Return the check character for the first 17 characters of a unified social credit code (MOD 31)."""
    total = sum(
        _CREDIT_ALPHABET.index(character) * weight for character, weight in zip(body, _CREDIT_WEIGHTS, strict=True)
    )
    return _CREDIT_ALPHABET[-total % 31]


def is_mobile(text: str) -> bool:
    """Say whether ``text`` is a mainland mobile number in normal form (11 digits)."""
    return _MOBILE.fullmatch(text) is not None


def check_mobile(text: str) -> str:
    """Return a mainland mobile number as 11 digits, without +86, spaces and dashes, or raise ``NumberError``."""
    number = re.sub(r"[\s()-]", "", normalise(text))
    number = re.sub(r"^(\+|00)?86(?=1[3-9]\d{9}$)", "", number)
    if not is_mobile(number):
        raise NumberError("phone.mobile", _("A mobile number has 11 digits and begins with 13 to 19."))
    return number


def check_phone(text: str) -> str:
    """Return a mobile number, a landline (``0411-12345678-123``) or a 400/800 line in normal form, or raise."""
    try:
        return check_mobile(text)
    except NumberError:
        pass
    number = re.sub(r"[\s()]", "", normalise(text)).lower()
    number = re.sub(r"^(\+|00)86-?", "0", number)
    digits = number.replace("-", "")
    if _SERVICE_LINE.fullmatch(digits):
        return digits
    match = _LANDLINE.fullmatch(re.sub(r"^(0(?:10|2\d|[3-9]\d{2}))-", r"\1", number))
    if match is None:
        raise NumberError(
            "phone.format", _("This is neither a mobile number (11 digits) nor a landline such as 0411-12345678.")
        )
    return "-".join(part for part in match.groups() if part)


def mask_phone(number: str) -> str:
    """Hide the middle of a telephone number: ``138****5678``; of a short one all but the last two digits."""
    if len(number) >= 11:
        return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"
    return "*" * max(len(number) - 2, 0) + number[-2:] if len(number) > 2 else "*" * len(number)


def mask_id(number: str) -> str:
    """Hide an ID number but for the first three and the last two characters; of a short one all but the last."""
    if len(number) >= 8:
        return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"
    return "*" * max(len(number) - 1, 0) + number[-1:] if len(number) > 1 else "*" * len(number)


def mask_name(name: str) -> str:
    """Hide a person's given name but for its last character when longer: 张三 is 张*, 欧阳小明 is 欧**明."""
    if len(name) <= 1:
        return name
    if len(name) == 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]
