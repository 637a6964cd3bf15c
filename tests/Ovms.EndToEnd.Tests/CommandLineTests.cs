using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>What the published binary answers on the command line before it serves.</summary>
public sealed class CommandLineTests
{
    [Test]
    [Arguments("--help")]
    [Arguments("")]
    public async Task Help_IsPrinted(string argument)
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(argument.Length == 0 ? [] : [argument]);
        await Assert.That(code).IsEqualTo(0);
        await Assert.That(output).Contains("--target_device");
        await Assert.That(output).Contains("--rest_port");
        await Assert.That(errors).IsEmpty();
    }

    [Test]
    public async Task Version_NamesServerAndBackend()
    {
        (int code, string output, _) = await OvmsProcess.RunAsync(["--version"]);
        await Assert.That(code).IsEqualTo(0);
        await Assert.That(output).StartsWith("OpenVINO Model Server ");
        await Assert.That(output).Contains("OpenVINO backend 2026.4.1");
    }

    [Test]
    [Arguments("--no_such_option 1", "no_such_option")]
    [Arguments("--model_name m --model_path p --port 70000", "port number out of range from 0 to 65535")]
    [Arguments("--model_name m --model_path p --port 9000 --rest_port 9000", "port and rest_port cannot have the same values")]
    [Arguments("--model_name m --model_path p", "port and rest_port cannot both be unset")]
    [Arguments("--model_name m --port 9000", "model_path")]
    [Arguments("--model_name m --model_path p --port 9000 --mean 1", "--mean parameter requires --layout to be set")]
    [Arguments("--model_name m --model_path p --port 9000 --grpc_bind_address 300.1.1.1.1", "grpc_bind_address has invalid format: proper hostname or IP address expected.")]
    [Arguments("--model_name m --model_path p --port 9000 --log_level LOUD", "log_level")]
    [Arguments("--model_name m --model_path p --port 9000 --config_path c.json", "Use either config_path or model_path with model_name")]
    public async Task WrongUsage_EndsWith64AndASentence(string arguments, string part)
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(arguments.Split(' '));
        await Assert.That(code).IsEqualTo(64).Because(output + errors);
        await Assert.That(errors).Contains(part);
        await Assert.That(output).IsEmpty();
    }

    // Values of a model's options are the model's settings: as in the original, a fault in them is no usage error.
    [Test]
    [Arguments("shape", "(1,x)", 1)]
    [Arguments("layout", "N?:C", 1)]
    [Arguments("plugin_config", "{", 1)]
    [Arguments("model_version_policy", "{\"newest\":{}}", 1)]
    [Arguments("nireq", "100001", 1)]
    [Arguments("nireq", "many", 64)]
    [Arguments("target_device", "CPU,GPU", 64)]
    public async Task MalformedModelOption_HasTheSameExitCodeInEveryCommand(string name, string value, int expected)
    {
        string[] model = ["--model_path", Repo.Model("dummy"), "--model_name", "m", $"--{name}", value];
        foreach (string[] command in (string[][])[[.. model, "--port", $"{FreePort.Next()}"], ["bench", .. model]])
        {
            (int code, string output, string errors) = await OvmsProcess.RunAsync(command);
            await Assert.That(code).IsEqualTo(expected).Because(command[0] + output + errors);
            await Assert.That(output + errors).DoesNotContain("   at ");
        }
    }
}
