FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 UV_LINK_MODE=copy
WORKDIR /srv/callbook
RUN pip install --no-cache-dir uv==0.13.9
COPY pyproject.toml uv.lock .python-version ./
RUN uv sync --frozen --no-dev --extra redis --extra s3 --no-managed-python
ENV PATH="/srv/callbook/.venv/bin:$PATH"

COPY . .
# Collecting static files needs settings, and settings need these three; none is kept.
RUN SECRET_KEY=build ALLOWED_HOSTS=build \
    ENCRYPTION_KEYS=YnVpbGQtYnVpbGQtYnVpbGQtYnVpbGQtYnVpbGQtMDE= python manage.py collectstatic --noinput \
 && useradd --system --home /srv/callbook callbook \
 && mkdir -p /srv/media && chown callbook /srv/media
USER callbook
ENV MEDIA_ROOT=/srv/media
EXPOSE 8000
CMD ["gunicorn", "crm.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4"]
