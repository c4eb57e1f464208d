"""Checking a receipt stands at the root of the site: it is for whoever holds one."""

from django.urls import path

from intake.views.verify import verify

urlpatterns = [path("", verify, name="verify")]
