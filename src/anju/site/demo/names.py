"""Invented people, numbers and plates, drawn from one seeded source so that the same seed draws the same ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from anju.kit.idcards import credit_code_check_character, id_card_check_digit


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟"
    "汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_GIVEN = _words(
    "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀兰 霞 平 刚 桂英 建华 建国 "
    "建军 志强 志明 秀英 玉兰 玉珍 淑华 桂兰 文博 子轩 梓涵 宇航 浩然 一诺 欣怡 思远 佳怡 "
    "雨桐 晨曦 俊杰 嘉豪 雅婷 诗涵 国庆 春梅 海燕 晓东 晓红 丽华 永强 云飞 慧敏 振华 立新 "
    "素珍 金凤 凤英 成功 向阳 红梅 卫东 世杰 家辉 婉清 明远 书瑶 景行 若曦 知行 望舒 德胜 "
    "广平 长青 秋菊 "
)
_SHOPS = _words("鲜 佳 福 瑞 祥 悦 丰 盛 香 味 美 嘉 优 品 康 惠 和 顺 百 万 ")
_TRADES = _words(
    "便利店 水果店 面馆 药房 理发店 干洗店 文具店 烘焙坊 咖啡馆 牙科诊所 房产中介 宠物店 "
    "快递驿站 奶茶店 花店 健身房 母婴店 五金店 眼镜店 茶叶店 "
)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
CARS = _words("比亚迪 大众 丰田 本田 吉利 长安 奇瑞 哈弗 别克 日产 红旗 五菱 蔚来 理想 小鹏 ")
COLOURS = _words("白色 黑色 灰色 银色 蓝色 红色 ")


class Names:
    """A source of names and numbers; nothing is given out twice where it must be unique."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._taken: set[str] = set()

    def person(self) -> str:
        return self.rng.choice(_SURNAMES) + self.rng.choice(_GIVEN)

    def shop(self) -> str:
        return self._once(lambda: "".join(self.rng.sample(_SHOPS, 2)) + self.rng.choice(_TRADES))

    def phone(self) -> str:
        """A mobile number of a block that keeps clear of the numbers of the people who sign in."""
        return self._once(lambda: f"1990{self.rng.randrange(10**6, 10**7):07d}")

    def id_number(self, today: date) -> str:
        """A resident ID that is right by its check digit; the district 210298 and the serial 000 are never issued."""
        year = today.year - self.rng.randrange(22, 82)
        body = f"210298{year}{self.rng.randrange(1, 13):02d}{self.rng.randrange(1, 29):02d}000"
        return body + id_card_check_digit(body)

    def credit_code(self) -> str:
        body = f"91210298MA{self.rng.randrange(10**6, 10**7):07d}"
        return body + credit_code_check_character(body)

    def plate(self, *, new_energy: bool) -> str:
        office = "辽" + self.rng.choice("ABCDEFG")
        if new_energy:
            kind = self.rng.choice("DDDF")
            return self._once(
                lambda: f"{office}{kind}{self.rng.choice(_LETTERS + '0123456789')}{self.rng.randrange(10**4):04d}"
            )
        return self._once(
            lambda: (
                f"{office}{self.rng.randrange(10)}{self.rng.choice(_LETTERS)}{self.rng.randrange(10**3):03d}"
                if self.rng.random() < 0.5
                else f"{office}{self.rng.randrange(10**5):05d}"
            )
        )

    def _once(self, draw: Callable[[], str]) -> str:
        while (found := draw()) in self._taken:
            pass
        self._taken.add(found)
        return found
