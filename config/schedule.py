"""What the clock repeats, and when, in the time zone of the NCP.

A task that was not taken before its next turn expires: none piles up behind a stopped worker.
"""

from typing import Any

from celery.schedules import crontab

REPEATED: dict[str, dict[str, Any]] = {
    "heartbeat": {
        "task": "notifications.tasks.heartbeat",
        "schedule": 15,
        "options": {"expires": 15},
    },
    "sweep-outbox": {
        "task": "notifications.tasks.drain_outbox",
        "schedule": 30,
        "options": {"expires": 30},
    },
    "sweep-deadlines": {
        "task": "notifications.tasks.sweep_deadlines",
        "schedule": crontab(hour=6, minute=0),
        "options": {"expires": 20 * 3600},
    },
    "fetch-mails": {
        "task": "desk.tasks.fetch_mails",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 300},
    },
    "forget-incoming": {
        "task": "desk.tasks.forget_incoming",
        "schedule": crontab(hour=4, minute=50),
        "options": {"expires": 3600},
    },
    "serve-due-documents": {
        "task": "desk.tasks.serve_due_documents",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 300},
    },
    "make-waiting-dossiers": {
        "task": "desk.tasks.make_waiting_dossiers",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 600},
    },
    "carry-out-erasures": {
        "task": "desk.tasks.carry_out_erasures",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 300},
    },
    "check-histories": {
        "task": "desk.tasks.check_histories",
        "schedule": 30,
        "options": {"expires": 30},
    },
    "record-what-was-changed": {
        "task": "desk.tasks.record_what_was_changed",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 600},
    },
    "forget-old-logs": {
        "task": "desk.tasks.forget_old_logs",
        "schedule": crontab(hour=3, minute=50),
        "options": {"expires": 3600},
    },
    "send-security-mails": {
        "task": "accounts.tasks.send_security_mails",
        "schedule": 30,
        "options": {"expires": 30},
    },
    "send-sign-in-links": {
        "task": "portal.tasks.send_sign_in_links",
        "schedule": 30,
        "options": {"expires": 30},
    },
    "forget-answers": {
        "task": "accounts.tasks.forget_answers",
        "schedule": crontab(minute=40),
        "options": {"expires": 3600},
    },
    "forget-what-is-over": {
        "task": "accounts.tasks.forget_what_is_over",
        "schedule": crontab(hour=3, minute=30),
        "options": {"expires": 3600},
    },
    "forget-drafts": {
        "task": "intake.tasks.forget_expired_drafts",
        "schedule": crontab(hour=4, minute=20),
        "options": {"expires": 3600},
    },
    "sweep-orphan-files": {
        "task": "documents.tasks.sweep_orphans",
        "schedule": crontab(hour=3, minute=30),
        "options": {"expires": 3600},
    },
    "publish-heads": {
        "task": "notifications.tasks.publish_heads",
        "schedule": crontab(hour=0, minute=15),
        "options": {"expires": 20 * 3600},
    },
    "index-missed": {
        "task": "notifications.tasks.index_missed",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "check-documents": {
        "task": "documents.tasks.check_pending",
        "schedule": 60,
        "options": {"expires": 60},
    },
}
