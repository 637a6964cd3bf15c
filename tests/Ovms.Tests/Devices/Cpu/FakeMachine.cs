using System.Text;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Devices.Cpu;

/// <summary>A folder that looks like the /proc and /sys of a machine, as far as CPUs go.</summary>
internal sealed class FakeMachine : IDisposable
{
    private readonly TemporaryFolder _root = new();

    /// <summary>A machine of so many CPUs, all of them this process'.</summary>
    public FakeMachine(string affinity) => Write("proc/self/status", $"Name:\tovms\nCpus_allowed_list:\t{affinity}\n");

    public string Root => _root.Path;

    /// <summary>Writes a file.</summary>
    public FakeMachine Write(string path, string text)
    {
        _root.Write(path, Encoding.UTF8.GetBytes(text));
        return this;
    }

    /// <summary>Mounts version 2 and puts the process into a group.</summary>
    public FakeMachine WithV2(string group) => this
        .Write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n")
        .Write("proc/self/cgroup", $"0::{group}\n");

    /// <summary>Mounts version 1 and puts the process into a group of both controllers.</summary>
    public FakeMachine WithV1(string group) => this
        .Write("proc/self/mountinfo", "33 30 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n34 30 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n")
        .Write("proc/self/cgroup", $"3:cpuset:{group}\n1:cpu,cpuacct:{group}\n0::/\n");

    /// <inheritdoc/>
    public void Dispose() => _root.Dispose();
}
