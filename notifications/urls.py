from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read-all/", views.read_all, name="read_all"),
    path("<uuid:pk>/open/", views.open_notice, name="open"),
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/end/", views.end_calendar, name="end_calendar"),
    path("calendar/<slug:secret>.ics", views.calendar_feed, name="calendar_feed"),
]
