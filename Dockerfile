# syntax=docker/dockerfile:1
#
#   docker build -t ovms .                                                       CPU
#   docker build -t ovms-gpu --target gpu .                                      CPU and Intel GPU
#   docker build -t ovms-npu --target npu --build-arg BASE_IMAGE=debian:trixie-slim --build-context npu-driver=DIR .
#                                                                                CPU and Intel NPU; DIR: see the stage
# HEALTHCHECK asks the server where its own options say that it listens. It is part of Docker's image format, not of OCI's:
# podman and buildah keep it with --format docker. With docker run --init process 1 is not the server; name the address then:
#   --health-cmd '/ovms/bin/ovms health --rest_port 8000'
#
#   docker run --rm -p 9000:9000 -p 8000:8000 -v /srv/models/resnet:/models/resnet:ro ovms \
#       --model_name resnet --model_path /models/resnet --port 9000 --rest_port 8000
# Devices: add  --device /dev/dri --group-add $(stat -c %g /dev/dri/renderD128)  for a GPU,
#               --device /dev/accel --group-add $(stat -c %g /dev/accel/accel0)  for an NPU,
#               --device /dev/dxg -v /usr/lib/wsl:/usr/lib/wsl:ro                for a GPU in WSL2.

# The same release builds and runs, so that the binary never asks for a newer C library than the image has.
ARG BASE_IMAGE=debian:bookworm-slim
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0

FROM ${SDK_IMAGE} AS sdk

# Stands in for the context of target npu, and comes first: without the context the build ends here, before anything is compiled.
FROM ${BASE_IMAGE} AS npu-driver
RUN echo "Target npu needs Intel's NPU driver packages: add --build-context npu-driver=DIR, where DIR holds their .deb files." >&2; exit 1

FROM ${BASE_IMAGE} AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends build-essential ca-certificates python3-dev python3-pip unzip zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
COPY --from=sdk /usr/share/dotnet /usr/share/dotnet
ENV PATH=/usr/share/dotnet:$PATH DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
WORKDIR /src
COPY . .
# The plugins of GPU and NPU, and the GPU's table of tuned kernels, go into the targets that have such a device.
RUN ./build.sh publish \
    && mkdir -p /image/gpu /image/npu \
    && mv publish/out /image/cpu \
    && mv /image/cpu/lib/libopenvino_intel_gpu_plugin.so /image/cpu/lib/cache.json /image/gpu/ \
    && mv /image/cpu/lib/libopenvino_intel_npu_plugin.so /image/npu/

FROM ${BASE_IMAGE} AS runtime
RUN --mount=type=bind,source=publish,target=/mnt \
    grep -v '^#' /mnt/runtime-packages.txt | xargs /mnt/image-packages.sh \
    && groupadd --gid 5000 ovms \
    && useradd --uid 5000 --gid 5000 --groups video --no-create-home --shell /usr/sbin/nologin ovms
COPY --from=build /image/cpu /ovms
# A binary that cannot start in this image fails the build, not the first container.
RUN ["/ovms/bin/ovms", "--version"]
ENV PATH=/ovms/bin:$PATH
WORKDIR /
USER 5000
# The ports of the documentation's examples; the server opens those that its options name.
EXPOSE 9000 8000
LABEL org.opencontainers.image.title="ovms" \
    org.opencontainers.image.description="OpenVINO Model Server: gRPC and REST inference with OpenVINO" \
    org.opencontainers.image.licenses="Apache-2.0"
# In the start period a server that still loads its models is not counted as unhealthy.
HEALTHCHECK --interval=10s --timeout=10s --start-period=5m --retries=3 CMD ["/ovms/bin/ovms", "health"]
ENTRYPOINT ["/ovms/bin/ovms"]

# Debian 12 packages Intel's OpenCL driver in its release 22.43; a GPU newer than that needs a newer driver.
FROM runtime AS gpu
USER root
RUN --mount=type=bind,source=publish,target=/mnt /mnt/image-packages.sh intel-opencl-icd ocl-icd-libopencl1
COPY --from=build /image/gpu /ovms/lib
USER 5000

# Debian packages the Level Zero loader but no NPU user-space driver. DIR holds Intel's .deb files of it
# (intel-driver-compiler-npu and intel-level-zero-npu; the firmware belongs to the host), made for a C library no
# newer than that of BASE_IMAGE.
FROM runtime AS npu
USER root
RUN --mount=type=bind,source=publish,target=/mnt --mount=type=bind,from=npu-driver,target=/media \
    /mnt/image-packages.sh libze1 /media/*.deb
COPY --from=build /image/npu /ovms/lib
USER 5000

# The last stage is what a build without --target makes.
FROM runtime AS cpu
