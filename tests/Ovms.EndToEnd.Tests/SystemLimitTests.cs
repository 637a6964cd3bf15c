using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Limits of the system that are too low for a server: one sentence and exit code 1, not a stack trace or a signal.</summary>
public sealed class SystemLimitTests
{
    private const string Prlimit = "/usr/bin/prlimit";
    private const string Setpriv = "/usr/bin/setpriv";

    private static readonly string[] s_server = ["--model_name", "dummy", "--model_path", Repo.Model("dummy"), "--log_level", "ERROR"];

    [Test]
    [Arguments("--as=64000000", "address space (RLIMIT_AS, ulimit -v) is below 120 MB")]
    [Arguments("--as=125000000", "bytes of address space (RLIMIT_AS, ulimit -v)")]
    [Arguments("--as=210000000", "bytes of address space (RLIMIT_AS, ulimit -v)")]
    [Arguments("--as=400000000", "bytes of address space (RLIMIT_AS, ulimit -v)")]
    [Arguments("--as=700000000", "bytes of address space (RLIMIT_AS, ulimit -v)")]
    [Arguments("--data=100000000", "bytes of data (RLIMIT_DATA, ulimit -d)")]
    [Arguments("--stack=100000", "bytes of stack for a thread (RLIMIT_STACK, ulimit -s)")]
    [Arguments("--nofile=12", "open files (RLIMIT_NOFILE, ulimit -n)")]
    public async Task LowLimit_IsToldInOneSentence(string limit, string told)
    {
        Skip.Unless(File.Exists(Prlimit), "There is no prlimit.");
        SkipUnlessNative();
        (int code, string output, string errors) = await OvmsProcess.RunAsync(
            [limit, Repo.Binary, .. s_server, "--rest_port", $"{FreePort.Next()}"], binary: Prlimit);
        await Assert.That(code).IsEqualTo(1).Because(output + errors);
        await Assert.That(output).IsEqualTo("");
        await Assert.That(errors.Trim().Split('\n').Single()).Contains(told);
    }

    [Test]
    public async Task EnoughAddressSpace_Serves()
    {
        Skip.Unless(File.Exists(Prlimit), "There is no prlimit.");
        SkipUnlessNative();
        long needed = (700L + (50 * Environment.ProcessorCount)) << 20;
        await using OvmsProcess server = OvmsProcess.Start(
            [$"--as={needed}", Repo.Binary, "--model_name", "dummy", "--model_path", Repo.Model("dummy"), "--rest_port", $"{FreePort.Next()}"], binary: Prlimit);
        await server.WaitForLineAsync(static line => line.Contains("Ready after", StringComparison.Ordinal));
        await Assert.That(await server.StopAsync()).IsEqualTo(0);
    }

    [Test]
    [Arguments(12)]
    [Arguments(6)]
    public async Task FewThreads_AreToldInOneSentence(int threads)
    {
        Skip.Unless(File.Exists(Prlimit) && File.Exists(Setpriv) && Environment.UserName == "root", "This takes root, prlimit and setpriv.");
        SkipUnlessNative();

        // Root is not held to the limit; a user whom nobody else is has no threads that count.
        (int code, string output, string errors) = await OvmsProcess.RunAsync(
            ["--reuid", "64321", "--clear-groups", Prlimit, $"--nproc={threads}", Repo.Binary, .. s_server, "--rest_port", $"{FreePort.Next()}"], binary: Setpriv);
        await Assert.That(code).IsEqualTo(1).Because(output + errors);
        await Assert.That(errors.Trim().Split('\n').Single()).Contains($"(RLIMIT_NPROC, ulimit -u, {threads} now)");
    }

    // The runtime that the published binary has within it; another one ends before our first line where it gets too little.
    private static void SkipUnlessNative() => Skip.Unless(!File.Exists(Path.ChangeExtension(Repo.Binary, "dll")) && !File.Exists(Repo.Binary + ".dll"), "Only the native binary is measured.");
}
