namespace Ovms.Tests.Observability;

/// <summary>A parser that lets everything pass proves nothing.</summary>
public sealed class ExpositionTests
{
    private const string Head = "# HELP a What.\n# TYPE a counter\n";

    [Test]
    [Arguments(Head + "a 1")]
    [Arguments(Head)]
    [Arguments("a 1\n")]
    [Arguments("# TYPE a counter\na 1\n")]
    [Arguments(Head + "b 1\n")]
    [Arguments(Head + "a_total 1\n")]
    [Arguments(Head + "a -1\n")]
    [Arguments(Head + "a 1\na 2\n")]
    [Arguments(Head + "a 0x1\n")]
    [Arguments(Head + "a Infinity\n")]
    [Arguments(Head + "a  1\n")]
    [Arguments(Head + "a{} 1\n")]
    [Arguments(Head + "a{x=\"1\",} 1\n")]
    [Arguments(Head + "a{x=\"1\",x=\"2\"} 1\n")]
    [Arguments(Head + "a{x=\"1\"y=\"2\"} 1\n")]
    [Arguments(Head + "a{x=\"\\d\"} 1\n")]
    [Arguments(Head + "a{1x=\"1\"} 1\n")]
    [Arguments(Head + "a{x=\"1\"} 1\n" + "# HELP b What.\n# TYPE b gauge\nb 1\n" + Head + "a{x=\"2\"} 1\n")]
    [Arguments("# HELP a W.\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n")]
    [Arguments("# HELP a W.\n# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 1\na_count 1\n")]
    [Arguments("# HELP a W.\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 2\n")]
    [Arguments("# HELP a W.\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_count 1\n")]
    public async Task WhatIsNotTheFormat_IsRefused(string text) =>
        await Assert.That(() => Exposition.Parse(text)).Throws<Exception>();

    [Test]
    public async Task WhatIsTheFormat_IsRead()
    {
        Exposition read = Exposition.Parse(Head + "a{x=\"1\",y=\"\\\\ \\\" \\n\"} 12\n# HELP h W.\n# TYPE h histogram\nh_bucket{le=\"10\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 1.5e3\nh_count 2\n");
        await Assert.That(read["a{x=\"1\",y=\"\\ \" \n\"}"]).IsEqualTo(12);
        await Assert.That(read["h_sum"]).IsEqualTo(1500);
        await Assert.That(read.Find("h_bucket{le=\"20\"}")).IsNull();
    }
}
