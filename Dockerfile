# One image for operator, webhook, gateway and the plugin; the chart says which program a Deployment runs.
#
#   docker build --tag support-access:0.1.0 .
#
# `npm run image` makes the same image without a container engine. Both take every file from tools/image/, which names each
# Debian package by its hash and each npm package by the lock file; test/e2e/image.test.ts builds both and compares.

# Only builds; nothing of it is in the image. The very Node that every test runs on: package.json names it, and
# test/unit/tools/image/dockerfile.test.ts compares. Pin it by digest as well where you build what you publish:
# --build-arg NODE_IMAGE=node:24.21.0-bookworm-slim@sha256:...
ARG NODE_IMAGE=node:24.21.0-bookworm-slim
FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc tsconfig.json LICENSE ./
COPY tools/bootstrap.mjs tools/
COPY tools/image tools/image
COPY crds crds
COPY kube kube
COPY trail trail
COPY process process
COPY saml saml
COPY operator operator
COPY webhook webhook
COPY cli cli
RUN node tools/bootstrap.mjs image --tree=/image

# Node, the three libraries that it needs, and the programs; no shell and no package manager.
FROM scratch
COPY --from=build /image/ /
ARG REVISION=unknown
LABEL org.opencontainers.image.title="support-access" \
      org.opencontainers.image.description="Open your Kubernetes cluster and your application to a vendor's support people on your own terms." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/support-access/support-access" \
      org.opencontainers.image.vendor="support-access" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="${REVISION}"
ENV PATH=/usr/local/bin:/usr/bin:/bin
ENV NODE_ENV=production
# Numeric, so that runAsNonRoot can be judged without the image's user database.
USER 65532:65532
CMD ["node", "/app/webhook.js"]
