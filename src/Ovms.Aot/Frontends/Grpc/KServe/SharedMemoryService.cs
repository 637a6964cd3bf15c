using Ovms.Frontends.Extensions;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Frontends.Grpc.Transport;
using Ovms.SharedMemory;
using Ovms.Status;
using RegionStatus = Ovms.Frontends.Grpc.Protos.SystemSharedMemoryStatusResponse.Types.RegionStatus;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>
/// The calls for shared memory. CUDA's cannot be registered, so that list is empty and unregistering succeeds: load tools demand both
/// before they use the system's. <see cref="ExtensionBinding"/> names the calls.
/// </summary>
internal sealed class SharedMemoryService(SharedRegions regions)
{
    /// <summary>Lists the registered regions, or one of them.</summary>
    public SystemSharedMemoryStatusResponse SystemStatus(SystemSharedMemoryStatusRequest request)
    {
        SystemSharedMemoryStatusResponse response = new();
        foreach (SharedRegion region in request.Name.Length == 0 ? regions.All : [Find(request.Name)])
        {
            response.Regions.Add(region.Name, new RegionStatus
            {
                Name = region.Name, Key = region.Key, Offset = (ulong)region.Offset, ByteSize = (ulong)region.ByteSize,
            });
        }

        return response;
    }

    /// <summary>Registers a region.</summary>
    public SystemSharedMemoryRegisterResponse SystemRegister(SystemSharedMemoryRegisterRequest request)
    {
        Outcome registered = regions.Register(request.Name, request.Key, request.Offset, request.ByteSize);
        return registered.IsOk ? new() : throw GrpcEdge.ToException(registered);
    }

    /// <summary>Unregisters a region, or all of them; succeeds if there is none.</summary>
    public SystemSharedMemoryUnregisterResponse SystemUnregister(SystemSharedMemoryUnregisterRequest request)
    {
        regions.Unregister(request.Name);
        return new();
    }

    /// <summary>Reports that no region of CUDA is registered.</summary>
    public CudaSharedMemoryStatusResponse CudaStatus(CudaSharedMemoryStatusRequest request) =>
        request.Name.Length == 0 ? new() : throw GrpcEdge.ToException(NotServed.UnknownCudaRegion(request.Name));

    /// <summary>Rejected: shared memory of CUDA is not supported.</summary>
    public CudaSharedMemoryRegisterResponse CudaRegister(CudaSharedMemoryRegisterRequest request) =>
        throw GrpcEdge.ToException(NotServed.CudaSharedMemory);

    /// <summary>Succeeds: no region of CUDA is registered.</summary>
    public CudaSharedMemoryUnregisterResponse CudaUnregister(CudaSharedMemoryUnregisterRequest request) => new();

    private SharedRegion Find(string name)
    {
        Outcome<SharedRegion> found = regions.Find(name);
        return found.IsOk ? found.Value : throw GrpcEdge.ToException(found.WithoutValue);
    }
}
