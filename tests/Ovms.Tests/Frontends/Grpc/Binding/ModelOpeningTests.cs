using System.IO.Compression;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Observability.Metrics;
using Ovms.Options;
using Ovms.Serving;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Table;
using Ovms.Tests.Serving;

namespace Ovms.Tests.Frontends.Grpc.Binding;

/// <summary>The model that the first bytes of a message name answers the call, whatever happens while the rest of it comes.</summary>
public sealed class ModelOpeningTests
{
    // The version follows the name: at every cut behind both, the call has its model.
    [Test]
    [Arguments(0)]
    [Arguments(1)]
    [Arguments(40)]
    public async Task ModelThatTheMessageNamed_Answers_ThoughItRetiresBeforeTheRestComes(int bytesBehindTheVersion)
    {
        using Models models = new();
        byte[] message = OfVersion("1").ToByteArray();
        int head = new ModelInferRequest { ModelName = "dummy", ModelVersion = "1" }.CalculateSize();
        string answer = await models.AskAsync(EndpointCall.Frame(message), 5 + head + bytesBehindTheVersion, models.PublishNext);
        await Assert.That(answer).IsEqualTo("1");
        await models.First.Drained.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Test]
    [Arguments(0)]
    [Arguments(1)]
    [Arguments(2)]
    public async Task NameWithoutItsVersion_OpensNothingYet(int bytesBehindTheName)
    {
        using Models models = new();
        int first = 5 + 2 + "dummy".Length + bytesBehindTheName;
        string answer = await models.AskAsync(EndpointCall.Frame(OfVersion("2").ToByteArray()), first, models.PublishNext);
        await Assert.That(answer).IsEqualTo("2").Because("the version that the message names is served when it has come");
    }

    [Test]
    public async Task LongMessageThatComesInOneLargePiece_OpensItsModel()
    {
        using Models models = new();
        byte[] unknownField = [0xFA, 0x01, 0x80, 0x80, 0x80, 0x01, .. new byte[2 << 20]];
        byte[] message = [.. OfVersion("1").ToByteArray(), .. unknownField];
        string answer = await models.AskAsync(EndpointCall.Frame(message), 3 << 19, models.PublishNext);
        await Assert.That(answer).IsEqualTo("1");
    }

    [Test]
    [Arguments("gzip")]
    [Arguments("deflate")]
    public async Task CompressedMessage_OpensItsModelToo(string coding)
    {
        using Models models = new();
        byte[] frame = EndpointCall.Frame(Compress(OfVersion("1").ToByteArray(), coding), isCompressed: true);
        string answer = await models.AskAsync(frame, frame.Length - 4, models.PublishNext, coding);
        await Assert.That(answer).IsEqualTo("1");
    }

    // Protobuf: the last occurrence of a field counts. The same bytes have the same answer, in whatever pieces they come.
    [Test]
    [Arguments("gzip")]
    [Arguments("")]
    public async Task ModelNamedTwice_IsTheLastOne_HoweverTheMessageIsCut(string coding)
    {
        byte[] message = [.. Naming("stranger").ToByteArray(), .. OfVersion("1").ToByteArray()];
        byte[] frame = coding.Length > 0 ? EndpointCall.Frame(Compress(message, coding), isCompressed: true) : EndpointCall.Frame(message);
        for (int first = 1; first < frame.Length; first += 3)
        {
            using Models models = new();
            await Assert.That(await models.AskAsync(frame, first, static () => { }, coding)).IsEqualTo("1").Because($"cut at {first}");
        }
    }

    [Test]
    public async Task ModelThatALaterFieldReplaces_IsNotCounted()
    {
        using Models models = new();
        byte[] message = [.. OfVersion("1").ToByteArray(), .. Naming("stranger").ToByteArray()];
        byte[] frame = EndpointCall.Frame(message);
        await Assert.That(await models.AskAsync(frame, frame.Length - 3, static () => { })).Contains("stranger");
        CallTotals totals = models.First.Statistics.Read();
        await Assert.That(totals.Fail.Count).IsEqualTo(0);
    }

    private static ModelInferRequest OfVersion(string version)
    {
        ModelInferRequest request = InferRequests.Dummy();
        request.ModelVersion = version;
        return request;
    }

    private static ModelInferRequest Naming(string model) => new() { ModelName = model };

    private static byte[] Compress(byte[] bytes, string coding)
    {
        using MemoryStream packed = new();
        using (Stream stream = coding == "gzip" ? new GZipStream(packed, CompressionLevel.Fastest) : new ZLibStream(packed, CompressionLevel.Fastest))
        {
            stream.Write(bytes);
        }

        return packed.ToArray();
    }

    private sealed class Models : IDisposable
    {
        private readonly Served _served = Served.Create(ReadyRule.All, metrics: null);
        private readonly Servable _next = DummyServable.Make(version: 2);
        private bool _isRetired;

        public Models() =>
            _served.Registry.Publish(new ServableTable([new ModelEntry("dummy", [new VersionEntry(1, ServableState.Available, First)])]));

        public Servable First { get; } = DummyServable.Make(version: 1);

        public void PublishNext()
        {
            _served.Registry.Publish(new ServableTable([new ModelEntry("dummy", [new VersionEntry(2, ServableState.Available, _next)])]));
            First.Retire();
            _isRetired = true;
        }

        public async Task<string> AskAsync(byte[] frame, int first, Action between, string coding = "")
        {
            await using EndpointCall call = new(_served, NullLogger.Instance);
            if (coding.Length > 0)
            {
                call.Http.Request.Headers["grpc-encoding"] = coding;
            }

            return await call.SendAsync(frame, first, between);
        }

        public void Dispose()
        {
            _next.Retire();
            if (!_isRetired)
            {
                First.Retire();
            }
        }
    }
}
