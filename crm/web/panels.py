"""A record that opens as a panel over a table, and as a page of its own."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

from crm.web.htmx import wants_partial

if TYPE_CHECKING:
    from django.views.generic.base import TemplateResponseMixin, View

    class _Base(TemplateResponseMixin, View): ...
else:
    _Base = object


class PanelMixin(_Base):
    """Answers htmx with `panel_template_name`, everybody else with the whole page.

    For a DetailView or a FormView. The page's template includes the panel's, so that both show
    the same thing. A form in a panel redirects after saving like any other: the browser follows
    to the record, which is answered as a panel again.
    """

    panel_template_name: ClassVar[str]

    def get_template_names(self) -> list[str]:
        """Return the panel's template for a fragment, else the page's."""
        if wants_partial(self.request):
            return [self.panel_template_name]
        return super().get_template_names()

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """Render, and tell caches that the answer depends on who asks."""
        response = super().render_to_response(context, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response
