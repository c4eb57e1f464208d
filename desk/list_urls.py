"""Addresses of the list of cases and what belongs to it, of the search and of deputies."""

from django.urls import path

from desk.views import bulk, deputies, exports, saved_views, search, worklist

urlpatterns = [
    path("", worklist.worklist, name="worklist"),
    path("search/", search.search_all, name="search"),
    path("together/", bulk.bulk, name="bulk"),
    path("views/", saved_views.views, name="views"),
    path("views/save/", saved_views.save_view, name="save_view"),
    path("views/<uuid:view>/", saved_views.change_view, name="change_view"),
    path("views/<uuid:view>/delete/", saved_views.delete_view, name="delete_view"),
    path("views/<uuid:view>/default/", saved_views.default_view, name="default_view"),
    path("export/", exports.export, name="export"),
    path("exports/", exports.record, name="exports"),
    path("deputies/", deputies.deputies, name="deputies"),
    path("deputies/<int:deputy>/end/", deputies.end_deputy, name="end_deputy"),
]
