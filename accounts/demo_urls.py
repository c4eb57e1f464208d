from django.urls import path

from accounts.views import demo

urlpatterns = [path("", demo.sign_ins, name="demo_sign_in")]
