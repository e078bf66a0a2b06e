"""Where the voice platforms post their events: checked, kept and answered; read after that."""

from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from calls.providers.contract import Delivery
from calls.providers.models import ProviderConnection
from calls.providers.operations import keep_event
from crm.web.bodies import BodyBroken, BodyTooLarge, read_body

LARGEST: Final = 32 * 2**20


@csrf_exempt
@require_POST
def hook(request: HttpRequest, provider: str, key: str) -> HttpResponse:
    """Answer 200 for what is genuine, whether it is known, new, or neither."""
    connections = ProviderConnection.objects.connected()
    connection = connections.filter(key=key, provider=provider).first()
    if connection is None:
        raise Http404
    try:
        body = read_body(request, LARGEST)
    except BodyTooLarge:
        return HttpResponse("A delivery is at most 32 MB.", status=413, content_type="text/plain")
    except BodyBroken:
        return HttpResponse("The body is cut off.", status=400, content_type="text/plain")
    delivery = Delivery(
        body=body,
        headers=request.headers,
        url=settings.PUBLIC_BASE_URL + request.get_full_path(),
        query=request.META.get("QUERY_STRING", ""),
        now=timezone.now(),
    )
    is_genuine = connection.platform.is_genuine
    if not any(is_genuine(delivery, secret) for secret in connection.secrets_at(delivery.now)):
        return HttpResponse("The signature is wrong or old.", status=401, content_type="text/plain")
    keep_event(connection, delivery)
    return HttpResponse(content_type="text/plain")
