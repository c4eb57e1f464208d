"""Words of the demonstration, by language."""

PROMISED = {
    "en": ("The plant that cleans the water runs all year.", "It has run since May."),
    "ru": ("Очистные сооружения работают круглый год.", "Они работают с мая."),
    "kk": ("Тазарту құрылғысы жыл бойы жұмыс істейді.", "Ол мамыр айынан бері жұмыс істейді."),
}
ADVICE = {
    "en": (
        "Ministry of Labour",
        "Which rules on overtime applied in the year in question?",
        "District court",
        "One issue is before the court; the others can be examined.",
    ),
    "ru": (
        "Министерство труда",
        "Какие правила о сверхурочной работе действовали в этом году?",
        "Районный суд",
        "Один вопрос рассматривает суд; остальные можно изучать.",
    ),
    "kk": (
        "Еңбек министрлігі",
        "Сол жылы үстеме жұмыс туралы қандай қағидалар қолданылды?",
        "Аудандық сот",
        "Бір мәселені сот қарап жатыр; қалғандарын зерделеуге болады.",
    ),
}
GROUNDS = {
    "en": "The comment of the enterprise came after the last day and was taken into account.",
    "ru": "Замечание предприятия поступило после последнего дня и было учтено.",
    "kk": "Кәсіпорынның ескертпесі соңғы күннен кейін келді, бірақ ескерілді.",
}
COMMENT = {
    "en": "We agree with the draft. Please name the place more exactly in the first part.",
    "ru": "С проектом согласны. Просим точнее назвать место в первой части.",
    "kk": "Жобамен келісеміз. Бірінші бөлікте жерді дәлірек атауды сұраймыз.",
}
ANSWERED = {
    "en": "Both sides have answered.",
    "ru": "Обе стороны ответили.",
    "kk": "Екі тарап та жауап берді.",
}
REASONS = {
    "en": "The submission is supported by documents and by what both sides told us.",
    "ru": "Обращение подтверждается документами и тем, что сообщили обе стороны.",
    "kk": "Өтініш құжаттармен және екі тараптың айтқандарымен расталады.",
}
ACCEPTED = {
    "en": "The issue is relevant to the Guidelines and merits further examination.",
    "ru": "Вопрос относится к Руководящим принципам и заслуживает дальнейшего рассмотрения.",
    "kk": "Мәселе Басшылық қағидаттарға қатысты және одан әрі қарауды қажет етеді.",
}
