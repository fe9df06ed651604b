# One image for the web server and every worker; the command decides which it is.
FROM node:22-bookworm-slim AS frontend
WORKDIR /build
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 TUBELAB_HOME=/data
RUN useradd --uid 1000 --create-home tubelab && install -d -o tubelab -g tubelab /data
WORKDIR /srv/tubelab
# Before the code: the packages are 5 GB and change seldom.
COPY pyproject.toml constraints.txt ./
RUN pip install --no-cache-dir --constraint constraints.txt .
COPY manage.py ./
COPY annotator/ annotator/
COPY labeling/ labeling/
COPY mlbackend/ mlbackend/
COPY --from=frontend /build/dist/ frontend/dist/
USER tubelab
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "annotator.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--timeout", "120", "--no-control-socket"]
