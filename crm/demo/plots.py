"""How stories go: what happens to contacts of each lead status, and in which order.

Somebody new was tried once or twice, a customer was won, looked after and renewed, and who is not
to be contacted said so in the last call.
"""

#: How an attempt that reaches nobody ends, and how often
TRIES = (
    ("no_answer", 46),
    ("voicemail", 30),
    ("busy", 10),
    ("declined", 7),
    ("failed", 4),
    ("silence", 2),
    ("canceled", 1),
)
#: When nobody speaks: (status, who ended it, the platform's own words, seconds of ringing)
SILENT = {
    "no_answer": (("no_answer", "system", "customer-did-not-answer", 32),),
    "busy": (("busy", "system", "customer-busy", 4),),
    "declined": (("no_answer", "contact", "customer-declined-call", 9),),
    "canceled": (("canceled", "agent", "manually-canceled", 6),),
    "failed": (
        ("failed", "system", "carrier-rejected-call", 1),
        ("failed", "system", "sip-503-service-unavailable", 2),
        ("failed", "system", "number-out-of-service", 3),
    ),
}
ENDED_REASONS = {
    "contact": "customer-ended-call",
    "assistant": "assistant-ended-call",
    "agent": "assistant-forwarded-call",
    "system": "silence-timed-out",
}
#: By lead status: the stages of possible stories, `|` between what may stand in one place, `try`
#: for an attempt that reaches nobody. What is marked with * happens only sometimes.
STORIES: dict[str, tuple[str, ...]] = {
    "new": ("", "", "", "try", "try try*", "gatekeeper*"),
    "contacted": (
        "try* try* intro|callback",
        "try callback",
        "try gatekeeper",
        "try try returning",
        "try* objection",
        "callback|gatekeeper try",
        "try* transfer|intro",
    ),
    "qualified": (
        "try* discovery demo|pricing",
        "try* callback* discovery objection*",
        "try try returning transfer*",
        "discovery demo|followup",
        "try* intro discovery pricing*",
    ),
    "customer": (
        "discovery pricing* checkin",
        "followup checkin|upsell support*",
        "pricing try* followup upsell*",
        "support try* renewal",
        "try* checkin support",
        "try discovery demo pricing followup checkin",
    ),
    "unqualified": ("try* notafit|declined", "try wrong_person", "gatekeeper* notafit"),
    "churned": ("support* try* churn", "renewal* churn", "try churn", "churn try winback"),
    "do_not_contact": ("try* optout", "try try* optout", "gatekeeper* optout", "intro optout"),
}
SOMETIMES = {"try*": 0.4}  # and everything else that is marked with *:
SELDOM = 0.2
