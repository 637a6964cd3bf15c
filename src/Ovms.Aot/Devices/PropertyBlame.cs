using Ovms.Native;
using Ovms.Status;

namespace Ovms.Devices;

/// <summary>Finds the property that OpenVINO's error text is about, for a message in the words of who configured it. Pure.</summary>
internal static class PropertyBlame
{
    /// <summary>The failure of a compilation.</summary>
    /// <param name="asked">The requested devices.</param>
    /// <param name="properties">The properties that the model was compiled with.</param>
    /// <param name="failure">OpenVINO's error.</param>
    public static Outcome Of(TargetDevice asked, CompileProperties properties, OpenVinoException failure) =>
        !asked.IsCpuAlone && DeviceFault.IsOf(failure.Detail)
            ? Outcome.Fail(StatusCode.DeviceFailed, $"{asked} with {Given(properties)}: {failure.Said}")
            : Of(asked, properties, failure.Said);

    /// <inheritdoc cref="Of(TargetDevice, CompileProperties, OpenVinoException)"/>
    /// <param name="said">OpenVINO's text, which is not about a device's trouble.</param>
    internal static Outcome Of(TargetDevice asked, CompileProperties properties, string said)
    {
        foreach ((string where, string key, string value) in All(properties))
        {
            if (IsAbout(said, key))
            {
                return Outcome.Fail(StatusCode.ModelConfigInvalid, Text($"{where}{key}", value, asked.ToString(), said));
            }
        }

        return Outcome.Fail(StatusCode.CannotCompileModelIntoTargetDevice, $"{asked} with {Given(properties)}: {said}");
    }

    /// <summary>The message for a value that a device does not accept.</summary>
    public static string Text(string key, string value, string device, string said) =>
        $"plugin_config: {key} cannot be \"{value}\" on {device}; change it or leave it out. OpenVINO says: {said}";

    /// <summary>Whether a text names a property as a word of its own.</summary>
    public static bool IsAbout(string said, string key)
    {
        for (int at = said.IndexOf(key, StringComparison.Ordinal); at >= 0; at = said.IndexOf(key, at + 1, StringComparison.Ordinal))
        {
            int end = at + key.Length;
            if ((at == 0 || !IsPartOfName(said[at - 1])) && (end == said.Length || !IsPartOfName(said[end])))
            {
                return true;
            }
        }

        return false;
    }

    private static string Given(CompileProperties properties) =>
        string.Join(", ", properties.Properties.Select(static pair => $"{pair.Key}={pair.Value}"));

    private static bool IsPartOfName(char letter) => char.IsAsciiLetterOrDigit(letter) || letter == '_';

    private static IEnumerable<(string Where, string Key, string Value)> All(CompileProperties properties)
    {
        foreach ((string key, string value) in properties.Properties)
        {
            if (key != CompileProperties.SectionsKey)
            {
                yield return ("", key, value);
                continue;
            }

            foreach ((string device, string section) in NestedProperties.Members(value))
            {
                foreach ((string nested, string own) in NestedProperties.Members(section))
                {
                    yield return ($"{key}.{device}.", nested, own);
                }
            }
        }
    }
}
