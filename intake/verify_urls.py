"""Checking a receipt stands at the root of the site: it is for whoever holds one."""

from django.urls import path

from intake.views.verify import keys, verify

urlpatterns = [
    path("", verify, name="verify"),
    path("keys/", keys, name="verify_keys"),
]
