using System.Reflection;
using Ovms.Options;
using Ovms.Serving.Loading;

namespace Ovms.Tests.Options;

/// <summary>What the page of parameters says a new value in config.json does, beside what it does.</summary>
public sealed class OptionChangeTests
{
    [Test]
    public async Task OptionThatReloadsAModel_IsOneThatItIsMadeFrom()
    {
        PropertyInfo[] options = [.. typeof(ModelOptions).GetProperties().Where(static property => property.GetCustomAttribute<OptionAttribute>() is not null)];
        ModelConfig before = ModelConfig.From(new ModelOptions { ModelName = "m", ModelPath = "/m" }, new ServerOptions()).Value!;
        foreach (PropertyInfo option in options)
        {
            ModelOptions changed = before.Written with { };
            option.SetValue(changed, Other(option.GetValue(changed), option.PropertyType));
            bool reloads = !(before with { Written = changed }).CompilesLike(before);
            OptionChange said = option.GetCustomAttribute<OptionAttribute>()!.Change;
            await Assert.That(reloads).IsEqualTo(said == OptionChange.ReloadsModel).Because($"{option.Name}: {said}");
        }

        await Assert.That(options.Length).IsGreaterThan(20);
    }

    private static object Other(object? value, Type type) => value switch
    {
        string text => text + "x",
        uint number => number + 1,
        bool flag => !flag,
        Enum choice => Enum.GetValues(choice.GetType()).Cast<object>().First(other => !other.Equals(choice)),
        null when Nullable.GetUnderlyingType(type) is { IsEnum: true } choice => Enum.GetValues(choice).GetValue(1)!,
        null when type == typeof(BatchLimit) => BatchLimit.Of("off"),
        null => 1u,
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };
}
