using Grpc.Core;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Status;
using StatusCode = Ovms.Status.StatusCode;

namespace Ovms.Tests.Frontends.Grpc.Transport;

public sealed class GrpcEdgeTests
{
    [Test]
    public async Task Failure_BecomesItsStatusAndText()
    {
        RpcException exception = GrpcEdge.ToException(Outcome.Fail(StatusCode.ModelNameMissing, "Requested: a"));
        await Assert.That(exception.StatusCode).IsEqualTo(global::Grpc.Core.StatusCode.NotFound);
        await Assert.That(exception.Status.Detail).IsEqualTo("Model with requested name is not found - Requested: a");
    }

    [Test]
    [Arguments("a", 1)]
    [Arguments("%", 3)]
    [Arguments("é", 6)]
    [Arguments("🦊", 12)]
    [Arguments("\n", 3)]
    public async Task LongText_FitsTheTrailerWhenEncoded(string unit, int encodedLength)
    {
        int fitting = GrpcEdge.MaxTextLength / encodedLength;
        string fits = string.Concat(Enumerable.Repeat(unit, fitting));
        string cut = GrpcEdge.Bounded(fits + unit + unit);

        await Assert.That(GrpcEdge.Bounded(fits)).IsEqualTo(fits);
        await Assert.That(cut).EndsWith("...");
        await Assert.That((cut.Length - 3) / unit.Length * encodedLength).IsBetween(GrpcEdge.MaxTextLength - 3 - encodedLength, GrpcEdge.MaxTextLength - 3);
    }

    [Test]
    [Arguments("Invalid input shape - Expected: (1,10)", "Invalid input shape - Expected: (1,10)")]
    [Arguments("100 %", "100 %25")]
    [Arguments("größe\n", "gr%C3%B6%C3%9Fe%0A")]
    [Arguments("🦊", "%F0%9F%A6%8A")]
    public async Task Texts_TravelPercentEncoded(string text, string encoded)
    {
        await Assert.That(GrpcEdge.Encode(text)).IsEqualTo(encoded);
        await Assert.That(Uri.UnescapeDataString(encoded)).IsEqualTo(text);
    }
}
