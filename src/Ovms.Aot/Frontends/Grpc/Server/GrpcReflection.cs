using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Frontends.Grpc.Protos.TensorFlowServing;
using ReflectionV1 = Grpc.Reflection.V1.ServerReflection;
using ReflectionV1Alpha = Grpc.Reflection.V1Alpha.ServerReflection;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Ovms.Frontends.Grpc.Server;

/// <summary>Server reflection in the two versions that tools use, over a fixed list: nothing is discovered at run time.</summary>
internal static class GrpcReflection
{
    private static readonly ServiceDescriptor[] s_services =
    [
        .. GrpcServiceReflection.Descriptor.Services,
        .. TensorflowServingReflection.Descriptor.Services,
        Health.Descriptor,
        ReflectionV1.Descriptor,
        ReflectionV1Alpha.Descriptor,
    ];

    /// <summary>Binds version 1, which most tools try first.</summary>
    public static void BindV1(ServiceBinderBase binder) => ReflectionV1.BindService(binder, new ReflectionV1ServiceImpl(s_services));

    /// <summary>Binds version 1alpha, which older tools use.</summary>
    public static void BindV1Alpha(ServiceBinderBase binder) =>
        ReflectionV1Alpha.BindService(binder, new ReflectionServiceImpl(s_services));
}
