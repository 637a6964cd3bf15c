using Ovms.Options;

namespace Ovms.Tests.Options;

public sealed class NearestNameTests
{
    private static readonly string[] s_names = ["NUM_STREAMS", "PERFORMANCE_HINT", "PERFORMANCE_HINT_NUM_REQUESTS", "ENABLE_CPU_PINNING", "PERF_COUNT"];

    [Test]
    [Arguments("NUM_STREAM", "NUM_STREAMS")]
    [Arguments("num_streams", "NUM_STREAMS")]
    [Arguments("NUMSTREAMS", "NUM_STREAMS")]
    [Arguments("PERFORMANCE_HINTS", "PERFORMANCE_HINT")]
    [Arguments("CPU_PINNING", null)]
    [Arguments("ENABLE_PINNING", "ENABLE_CPU_PINNING")]
    [Arguments("streams", "NUM_STREAMS")]
    [Arguments("NUM", null)]
    [Arguments("FOO", null)]
    [Arguments("", null)]
    public async Task Name_FindsWhatWasMeant(string given, string? expected)
    {
        await Assert.That(NearestName.Of(given, s_names)).IsEqualTo(expected);
    }

    [Test]
    public async Task NoNames_FindNothing()
    {
        await Assert.That(NearestName.Of("CPU", [])).IsNull();
    }
}
