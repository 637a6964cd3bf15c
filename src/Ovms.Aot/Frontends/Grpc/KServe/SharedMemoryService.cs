using Ovms.Frontends.Extensions;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Frontends.Grpc.Transport;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>
/// The calls for shared memory. None can be registered, so the list is empty and unregistering succeeds: load tools demand both before
/// they send tensors in messages. <see cref="ExtensionBinding"/> names the calls.
/// </summary>
internal sealed class SharedMemoryService
{
    /// <summary>Reports that no region is registered.</summary>
    public SystemSharedMemoryStatusResponse SystemStatus(SystemSharedMemoryStatusRequest request) =>
        request.Name.Length == 0 ? new() : throw GrpcEdge.ToException(NotServed.UnknownRegion(request.Name));

    /// <summary>Rejected: shared memory is not supported.</summary>
    public SystemSharedMemoryRegisterResponse SystemRegister(SystemSharedMemoryRegisterRequest request) =>
        throw GrpcEdge.ToException(NotServed.SharedMemory);

    /// <summary>Succeeds: no region is registered.</summary>
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
