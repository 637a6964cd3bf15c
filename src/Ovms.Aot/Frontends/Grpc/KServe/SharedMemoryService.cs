using Ovms.Frontends.Extensions;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Frontends.Grpc.Transport;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>
/// Shared memory: none can be registered, so the list is empty and unregistering succeeds, as load tools demand before they send tensors
/// in messages. <see cref="ExtensionBinding"/> names the calls.
/// </summary>
internal sealed class SharedMemoryService
{
    /// <summary>No region is registered.</summary>
    public SystemSharedMemoryStatusResponse SystemStatus(SystemSharedMemoryStatusRequest request) =>
        request.Name.Length == 0 ? new() : throw GrpcEdge.ToException(NotServed.UnknownRegion(request.Name));

    /// <summary>Refused.</summary>
    public SystemSharedMemoryRegisterResponse SystemRegister(SystemSharedMemoryRegisterRequest request) =>
        throw GrpcEdge.ToException(NotServed.SharedMemory);

    /// <summary>Nothing is registered: there is nothing to do.</summary>
    public SystemSharedMemoryUnregisterResponse SystemUnregister(SystemSharedMemoryUnregisterRequest request) => new();

    /// <inheritdoc cref="SystemStatus"/>
    public CudaSharedMemoryStatusResponse CudaStatus(CudaSharedMemoryStatusRequest request) =>
        request.Name.Length == 0 ? new() : throw GrpcEdge.ToException(NotServed.UnknownRegion(request.Name));

    /// <inheritdoc cref="SystemRegister"/>
    public CudaSharedMemoryRegisterResponse CudaRegister(CudaSharedMemoryRegisterRequest request) =>
        throw GrpcEdge.ToException(NotServed.SharedMemory);

    /// <inheritdoc cref="SystemUnregister"/>
    public CudaSharedMemoryUnregisterResponse CudaUnregister(CudaSharedMemoryUnregisterRequest request) => new();
}
