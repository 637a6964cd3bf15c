using Grpc.Core;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>Binds the extension calls of inference.GRPCInferenceService by name.</summary>
internal static class ExtensionBinding
{
    /// <summary>Binds the calls about models.</summary>
    public static void Bind(ServiceBinderBase binder, ExtensionService service)
    {
        Add(binder, "ModelConfig", ModelConfigRequest.Parser, service.ModelConfig);
        Add(binder, "ModelStatistics", ModelStatisticsRequest.Parser, service.ModelStatistics);
        Add(binder, "RepositoryIndex", RepositoryIndexRequest.Parser, service.RepositoryIndex);
        Add(binder, "RepositoryModelLoad", RepositoryModelLoadRequest.Parser, service.RepositoryModelLoad);
        Add(binder, "RepositoryModelUnload", RepositoryModelUnloadRequest.Parser, service.RepositoryModelUnload);
    }

    /// <summary>Binds the calls for trace and log settings.</summary>
    public static void Bind(ServiceBinderBase binder, SettingsService service)
    {
        Add(binder, "TraceSetting", TraceSettingRequest.Parser, service.TraceSetting);
        Add(binder, "LogSettings", LogSettingsRequest.Parser, service.LogSettings);
    }

    /// <summary>Binds the calls for shared memory.</summary>
    public static void Bind(ServiceBinderBase binder, SharedMemoryService service)
    {
        Add(binder, "SystemSharedMemoryStatus", SystemSharedMemoryStatusRequest.Parser, service.SystemStatus);
        Add(binder, "SystemSharedMemoryRegister", SystemSharedMemoryRegisterRequest.Parser, service.SystemRegister);
        Add(binder, "SystemSharedMemoryUnregister", SystemSharedMemoryUnregisterRequest.Parser, service.SystemUnregister);
        Add(binder, "CudaSharedMemoryStatus", CudaSharedMemoryStatusRequest.Parser, service.CudaStatus);
        Add(binder, "CudaSharedMemoryRegister", CudaSharedMemoryRegisterRequest.Parser, service.CudaRegister);
        Add(binder, "CudaSharedMemoryUnregister", CudaSharedMemoryUnregisterRequest.Parser, service.CudaUnregister);
    }

    private static void Add<TRequest, TResponse>(
        ServiceBinderBase binder, string name, Google.Protobuf.MessageParser<TRequest> parser, Func<TRequest, TResponse> handler)
        where TRequest : class, Google.Protobuf.IMessage<TRequest>
        where TResponse : class, Google.Protobuf.IMessage<TResponse> =>
        UnaryCalls.Add(binder, KServeBinding.ServiceName, name, parser, handler);
}
