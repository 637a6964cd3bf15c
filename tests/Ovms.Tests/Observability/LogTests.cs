using System.Reflection;
using Microsoft.Extensions.Logging;
using Ovms.Observability;

namespace Ovms.Tests.Observability;

/// <summary>The events of the whole server, wherever their lines are written.</summary>
public sealed class LogTests
{
    [Test]
    public async Task EveryEvent_HasANumberOfItsOwn()
    {
        const BindingFlags Any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        (int Id, string Name)[] events =
        [
            .. typeof(Log).Assembly.GetTypes().SelectMany(static type => type.GetMethods(Any))
                .Select(static method => (method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId ?? 0, method.Name))
                .Where(static row => row.Item1 != 0),
        ];
        string[] shared = [.. events.GroupBy(static row => row.Id).Where(static row => row.Count() > 1)
            .Select(static row => $"{row.Key}: {string.Join(", ", row.Select(static one => one.Name))}")];
        await Assert.That(events.Length).IsGreaterThan(40);
        await Assert.That(shared).IsEmpty();
    }
}
