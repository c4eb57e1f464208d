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
BETWEEN = {
    "en": (
        "The drivers and the depot are in Kazakhstan; the buyer is in Germany.",
        "The union prefers an office that it can visit.",
        "This office leads the case by its own rules. The NCP of Germany supports it and passes "
        "questions on to the buyer.",
        "An earlier case about the same buyer",
        "The same depot was named there.",
    ),
    "ru": (
        "Водители и склад находятся в Казахстане, покупатель – в Германии.",
        "Профсоюзу удобнее офис, в который можно прийти.",
        "Этот офис ведёт дело по своим правилам. НКЦ Германии содействует ему и передаёт вопросы "
        "покупателю.",
        "Более раннее дело о том же покупателе",
        "Там речь шла о том же складе.",
    ),
    "kk": (
        "Жүргізушілер мен қойма – Қазақстанда, сатып алушы – Германияда.",
        "Кәсіподаққа өзі бара алатын кеңсе ыңғайлы.",
        "Бұл кеңсе істі өз қағидалары бойынша жүргізеді. Германия ҰБО-сы оған қолдау көрсетіп, "
        "сұрақтарды сатып алушыға жеткізеді.",
        "Сол сатып алушы туралы бұрынғы іс",
        "Онда да сол қойма аталған.",
    ),
}
"""Why this office leads, what the complainant prefers, what both sides are told, and an earlier
case at the other NCP."""
SAID_BETWEEN = {
    "en": (
        "We shall speak to the buyer.",
        "Ask the buyer for its purchasing rules.",
        "The buyer answers by the end of the month.",
    ),
    "ru": (
        "Мы поговорим с покупателем.",
        "Запросить у покупателя его правила закупок.",
        "Покупатель ответит до конца месяца.",
    ),
    "kk": (
        "Біз сатып алушымен сөйлесеміз.",
        "Сатып алушыдан оның сатып алу қағидаларын сұрау.",
        "Сатып алушы ай соңына дейін жауап береді.",
    ),
}
"""What the other NCP replies, why the case is shared with it, and its comment: in the language of
the case, so that whoever follows the case can read it."""
FAMILY = {"en": "Family %d", "ru": "Семья %d", "kk": "%d-отбасы"}
"""Those for whom a representative acts."""
WITHHELD = {
    "en": "Two colleagues were dismissed after they complained.",
    "ru": "Двух коллег уволили после того, как они пожаловались.",
    "kk": "Екі әріптесіміз шағымданғаннан кейін жұмыстан шығарылды.",
}
AUDITED = {
    "en": "Were both sides given the same time?",
    "ru": "Обеим сторонам дали одинаковое время?",
    "kk": "Екі тарапқа бірдей уақыт берілді ме?",
}
NOTED = {
    "en": (
        "The union asks for separate talks first. I have told the mediation body.",
        "Call the laboratory",
        "Book an interpreter (kk–ru)",
    ),
    "ru": (
        "Заявители просят сначала поговорить отдельно. Я сообщила организации медиаторов.",
        "Позвонить в лабораторию",
        "Заказать переводчика (казахский – русский)",
    ),
    "kk": (
        "Өтініш берушілер алдымен бөлек сөйлесуді сұрайды. Медиация ұйымына хабарладым.",
        "Зертханаға қоңырау шалу",
        "Аудармашыға тапсырыс беру (қазақша – орысша)",
    ),
}
HELD = {
    "en": "A court asked for the file.",
    "ru": "Материалы дела запросил суд.",
    "kk": "Іс материалдарын сот сұратты.",
}
ASKED_TO_ERASE = {
    "en": ("Personal data law, article 24", "The person wrote to us on paper."),
    "ru": (
        "Закон о персональных данных, статья 24",
        "Человек обратился к нам с письмом на бумаге.",
    ),
    "kk": ("Дербес деректер туралы заң, 24-бап", "Адам бізге қағаз жүзінде хат жазды."),
}
DOUBTS = {
    "en": "She advised this enterprise two years ago.",
    "ru": "Она консультировала это предприятие два года назад.",
    "kk": "Ол екі жыл бұрын осы кәсіпорынға кеңес берген.",
}
