"""News in other languages, written for the tests: headlines and sentences, by ISO 639-1 code."""

from __future__ import annotations

FOREIGN: dict[str, tuple[str, ...]] = {
    "de": (
        "China beschränkt die Ausfuhr von seltenen Erden",
        "MP Materials: Aktie steigt um 17 Prozent",
        "Die Regierung in Washington erwägt, ein altes Gesetz aus dem Kalten Krieg zu nutzen, "
        "um den Bau von Minen zu beschleunigen. Die Aktie von MP Materials stieg daraufhin.",
        "Wie der Minister am Donnerstag sagte, wird über Zölle noch nicht entschieden.",
    ),
    "fr": (
        "La Chine restreint ses exportations de terres rares",
        "MP Materials bondit de 17 % après une annonce de la Maison Blanche",
        "Le gouvernement américain envisage d'invoquer une loi datant de la guerre froide pour "
        "accélérer la production de minerais. Le titre MP Materials a gagné 17 % jeudi.",
        "Selon le ministre, aucune décision n'a encore été prise sur les droits de douane.",
    ),
    "es": (
        "China restringe las exportaciones de tierras raras",
        "Las acciones de MP Materials suben un 17 % en Nueva York",
        "El gobierno de Estados Unidos estudia invocar una ley de la guerra fría para acelerar la "
        "producción de minerales. La acción de MP Materials subió un 17 % el jueves.",
        "El ministro dijo que todavía no se ha tomado ninguna decisión sobre los aranceles.",
    ),
    "it": (
        "La Cina limita le esportazioni di terre rare",
        "MP Materials vola in borsa: più 17 per cento",
        "Il governo americano valuta il ricorso a una legge della guerra fredda per accelerare la "
        "produzione di minerali. Il titolo MP Materials ha guadagnato il 17 per cento.",
    ),
    "pt": (
        "China restringe exportações de terras raras",
        "Ações da MP Materials sobem 17% após notícia da Casa Branca",
        "O governo dos Estados Unidos estuda invocar uma lei da guerra fria para acelerar a "
        "produção de minerais, disse uma fonte na quinta-feira.",
    ),
    "nl": (
        "China beperkt de uitvoer van zeldzame aardmetalen",
        "Aandeel MP Materials stijgt met 17 procent",
        "De regering in Washington overweegt een oude wet uit de Koude Oorlog te gebruiken om de "
        "bouw van mijnen te versnellen, zei een woordvoerder donderdag.",
    ),
    "sv": (
        "Kina begränsar exporten av sällsynta jordartsmetaller",
        "Regeringen i Washington överväger att använda en gammal lag från kalla kriget för att "
        "skynda på utvinningen av mineraler, sade en talesperson på torsdagen.",
    ),
    "pl": (
        "Chiny ograniczają eksport metali ziem rzadkich",
        "Rząd w Waszyngtonie rozważa użycie ustawy z czasów zimnej wojny, aby przyspieszyć "
        "wydobycie minerałów. Akcje spółki MP Materials wzrosły o 17 procent.",
    ),
    "tr": (
        "Çin nadir toprak elementlerinin ihracatını kısıtlıyor",
        "Washington yönetimi, maden üretimini hızlandırmak için soğuk savaş döneminden kalma bir "
        "yasayı kullanmayı düşünüyor. MP Materials hisseleri yüzde 17 yükseldi.",
    ),
    "id": (
        "Tiongkok membatasi ekspor logam tanah jarang",
        "Pemerintah di Washington mempertimbangkan untuk menggunakan undang-undang lama dari masa "
        "perang dingin agar produksi mineral dipercepat, kata seorang pejabat pada hari Kamis.",
    ),
    "ru": (
        "Китай ограничивает экспорт редкоземельных металлов",
        "Акции MP Materials выросли на 17% после сообщения Белого дома",
    ),
    "zh": (
        "中国限制稀土出口",
        "白宫考虑动用《国防生产法》加快矿产开发，MP Materials 股价周四上涨百分之十七。",
    ),
    "ja": (
        "中国がレアアースの輸出を制限",
        "ホワイトハウスは鉱物の生産を急ぐため、冷戦時代の法律の発動を検討している。",
    ),
    "ko": ("중국, 희토류 수출 제한", "MP 머티리얼즈 주가가 목요일에 17% 올랐다고 합니다."),
    "ar": ("الصين تقيد صادرات المعادن النادرة", "ارتفع سهم الشركة بنسبة ١٧ في المئة يوم الخميس"),
    "he": ("סין מגבילה את יצוא המתכות הנדירות",),
    "hi": ("चीन ने दुर्लभ खनिजों के निर्यात पर रोक लगाई",),
    "uk": ("Китай обмежує експорт рідкісноземельних металів, повідомив міністр у четвер",),
    "el": ("Η Κίνα περιορίζει τις εξαγωγές σπάνιων γαιών",),
}
