"""Words of the demonstration beside the main course of a case, by language."""

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
