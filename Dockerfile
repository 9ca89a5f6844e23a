# One image for operator, webhook and gateway; the chart says which program a Deployment runs.
#
#   docker build --tag support-access:0.1.0 .
#
# Proved by test/e2e/bundles.test.ts: the bundles, in a folder without packages, do the whole job on a real control plane.
# Not proved by any test, for want of a container engine: that this file builds, and the image under the chart's pod
# security (numeric user, read-only root, no capabilities). When it is published, both bases are pinned by digest as well.

# The very Node that every test runs on: package.json names it, and test/unit/tools/image.test.ts compares.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc tsconfig.json ./
COPY tools/bootstrap.mjs tools/bundle.ts tools/
COPY crds crds
COPY kube kube
COPY trail trail
COPY process process
COPY saml saml
COPY operator operator
COPY webhook webhook
RUN node tools/bootstrap.mjs bundle /app

# The C and C++ libraries that Node needs, and certificates; no shell and no package manager.
FROM gcr.io/distroless/cc-debian12
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /app /app
ENV NODE_ENV=production
# Numeric, so that runAsNonRoot can be judged without the image's user database.
USER 65532:65532
CMD ["node", "/app/webhook.js"]
