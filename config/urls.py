from django.urls import include, path

from config import health, views

urlpatterns = [
    path("", views.home, name="home"),
    path("home/", views.home_of_person, name="home_of_person"),
    path("help/", views.help_page, name="help"),
    path("privacy/", views.privacy, name="privacy"),
    path("privacy/<slug:version>/", views.privacy, name="privacy_version"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("language/<slug:code>", views.language, name="language"),
    path("leave/", views.leave, name="leave"),
    path("robots.txt", views.robots_txt, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", health.healthz, name="healthz"),
    path("livez", health.livez, name="livez"),
    path("submit/", include("intake.urls")),
    path("verify/", include("intake.verify_urls")),
    path("portal/", include("portal.urls")),
    path("desk/", include("desk.urls")),
    path("mediation/", include("mediation.urls")),
    path("statements/", include("statements.urls")),
    path("register/", include("register.urls")),
    path("notices/", include("notifications.urls")),
    path("account/", include("accounts.urls")),
    path("account/", include("accounts.sign_in_urls")),
    path("demo/sign-in/", include("accounts.demo_urls")),
    path("demo/", include("notifications.demo_urls")),
    path("api/v1/", include("config.api_urls")),
]

handler400 = "config.views.bad_request"
handler403 = "config.views.permission_denied"
handler404 = "config.views.page_not_found"
handler500 = "config.views.server_error"
