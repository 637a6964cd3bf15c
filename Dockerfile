# syntax=docker/dockerfile:1
#
#   docker build -t ovms .                                                       CPU
#   docker build -t ovms-gpu --target gpu .                                      CPU and Intel GPU
#   docker build -t ovms-npu --target npu --build-arg BASE_IMAGE=debian:trixie-slim --build-context npu-driver=DIR .
#                                                                                CPU and Intel NPU; DIR: see the stage
#   docker run --rm -p 9000:9000 -p 8000:8000 -v /srv/models/resnet:/models/resnet:ro ovms \
#       --model_name resnet --model_path /models/resnet --port 9000 --rest_port 8000
# Devices: add  --device /dev/dri --group-add $(stat -c %g /dev/dri/renderD128)  for a GPU,
#               --device /dev/accel --group-add $(stat -c %g /dev/accel/accel0)  for an NPU,
#               --device /dev/dxg -v /usr/lib/wsl:/usr/lib/wsl:ro                for a GPU in WSL2.

# The same release builds and runs, so that the binary never asks for a newer C library than the image has.
ARG BASE_IMAGE=debian:bookworm-slim
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0

FROM ${SDK_IMAGE} AS sdk

FROM ${BASE_IMAGE} AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends build-essential ca-certificates python3-pip unzip zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
COPY --from=sdk /usr/share/dotnet /usr/share/dotnet
ENV PATH=/usr/share/dotnet:$PATH DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
WORKDIR /src
COPY . .
RUN ./build.sh publish

FROM ${BASE_IMAGE} AS runtime
COPY publish/runtime-packages.txt /tmp/
RUN apt-get update \
    && grep -v '^#' /tmp/runtime-packages.txt | xargs apt-get install -y --no-install-recommends \
    && rm -rf /var/lib/apt/lists/* /tmp/runtime-packages.txt \
    && groupadd --gid 5000 ovms \
    && useradd --uid 5000 --gid 5000 --groups video --no-create-home --shell /usr/sbin/nologin ovms
COPY --from=build /src/publish/out /ovms
# A binary that cannot start in this image fails the build, not the first container.
RUN ["/ovms/bin/ovms", "--version"]
ENV PATH=/ovms/bin:$PATH
WORKDIR /
USER 5000
ENTRYPOINT ["/ovms/bin/ovms"]

# Debian 12 packages Intel's OpenCL driver in its release 22.43; a GPU newer than that needs a newer driver.
FROM runtime AS gpu
USER root
RUN apt-get update \
    && apt-get install -y --no-install-recommends intel-opencl-icd ocl-icd-libopencl1 \
    && rm -rf /var/lib/apt/lists/*
USER 5000

# Debian packages the Level Zero loader but no NPU user-space driver. DIR holds Intel's .deb files of it
# (intel-driver-compiler-npu and intel-level-zero-npu; the firmware belongs to the host), made for a C library no
# newer than that of BASE_IMAGE.
FROM runtime AS npu
USER root
COPY --from=npu-driver . /tmp/npu-driver/
RUN apt-get update \
    && apt-get install -y --no-install-recommends libze1 /tmp/npu-driver/*.deb \
    && rm -rf /var/lib/apt/lists/* /tmp/npu-driver
USER 5000

# The last stage is what a build without --target makes.
FROM runtime AS cpu
