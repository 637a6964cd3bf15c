using System.Text;
using Ovms.Frontends.Extensions;
using Ovms.Frontends.Rest.KServe;
using Ovms.Native;
using Ovms.Serving;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.SharedMemory;
using Ovms.Tensors;

namespace Ovms.Tests.Frontends.Rest.KServe;

internal sealed class MetadataJsonTests
{
    private static readonly Signature s_signature = new(
        [
            new TensorInfo(0, "z", ElementType.String, new PartialShape(Dimension.Dynamic), "N"),
            new TensorInfo(1, "b", ElementType.F32, new PartialShape(Dimension.Of(1), Dimension.Range(2, 8), Dimension.Of(1L << 40)), "NCW"),
        ],
        [
            new TensorInfo(0, "s", ElementType.BF16, PartialShape.Of(), "..."),
            new TensorInfo(1, "u", ElementType.F32, PartialShape.DynamicRank, "..."),
        ]);

    [Test]
    public async Task Server_IsNameVersionAndWhatWorks()
    {
        using NativeBuffer body = new();
        MetadataJson.WriteServer(body, "1.2.3", ServerExtensions.Names(SharedRegions.None));
        await Assert.That(Encoding.UTF8.GetString(body.Bytes)).IsEqualTo(
            """{"name":"OpenVINO Model Server","version":"1.2.3","extensions":["binary_tensor_data","model_configuration","sequence","statistics"]}""");
    }

    [Test]
    public async Task Model_ListsPortsInNameOrder()
    {
        await Assert.That(Write(null)).IsEqualTo(
            """{"name":"m","versions":[],"platform":"OpenVINO","inputs":[{"name":"b","datatype":"FP32","shape":[1,-1,1099511627776]},{"name":"z","datatype":"BYTES","shape":[-1]}],"outputs":[{"name":"s","datatype":"BF16","shape":[]},{"name":"u","datatype":"FP32","shape":[-1]}]}""");
    }

    [Test]
    public async Task ModelInfo_IsAddedWhenThereIsSome()
    {
        await Assert.That(Write([])).DoesNotContain("rt_info");
        await Assert.That(Write([new("model_type", "ssd"), new("labels", "a \"b\"")])).EndsWith(""","rt_info":{"model_info":{"model_type":"ssd","labels":"a \"b\""}}}""");
    }

    [Test]
    public async Task Devices_StandBesideModelInfo()
    {
        await Assert.That(Write(null, "GPU.0, CPU")).EndsWith(""","rt_info":{"EXECUTION_DEVICES":"GPU.0, CPU"}}""");
        await Assert.That(Write([new("model_type", "ssd")], "(CPU)")).EndsWith(
            ""","rt_info":{"model_info":{"model_type":"ssd"},"EXECUTION_DEVICES":"(CPU)"}}""");
    }

    private static string Write(IReadOnlyList<KeyValuePair<string, string>>? modelInfo, string? devices = null)
    {
        using NativeBuffer body = new();
        MetadataJson.WriteModel(body, new ModelEntry("m", [new VersionEntry(1, ServableState.Loading)]), s_signature, modelInfo, devices);
        return Encoding.UTF8.GetString(body.Bytes);
    }
}
