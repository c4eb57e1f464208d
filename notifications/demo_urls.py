from django.urls import path

from notifications import demo_views

urlpatterns = [
    path("", demo_views.doors, name="demo"),
    path("mail/", demo_views.mails, name="demo_mails"),
    path("mail/<str:name>/<int:number>/", demo_views.mail, name="demo_mail"),
]
