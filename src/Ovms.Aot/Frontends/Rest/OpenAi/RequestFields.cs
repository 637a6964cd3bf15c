using System.Text.Json;
using Ovms.Status;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>
/// Reads the fields of a request's object. null counts as absent. The first fault is kept, and every later field is then absent.
/// </summary>
/// <param name="body">The object.</param>
internal sealed class RequestFields(JsonElement body)
{
    /// <summary>The first fault; Ok if there is none.</summary>
    public Outcome Fault { get; private set; } = Outcome.Ok;

    /// <summary>A field that is given and not null.</summary>
    public bool TryGet(string name, out JsonElement value)
    {
        value = default;
        return Fault.IsOk && body.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>Whether a field is given and not null.</summary>
    public bool Has(string name) => TryGet(name, out _);

    /// <summary>Records a fault, unless there is one already.</summary>
    public void Fail(string text) => Fault = Fault.IsOk ? Refuse(text) : Fault;

    /// <summary>Records the fault of a part, unless there is one already.</summary>
    public void Fail(Outcome fault) => Fault = Fault.IsOk ? fault : Fault;

    /// <summary>A switch.</summary>
    /// <param name="name">The field.</param>
    /// <param name="wrongKind">The error text for another kind of value.</param>
    /// <param name="otherwise">The value of an absent field.</param>
    public bool Flag(string name, string wrongKind, bool otherwise = false)
    {
        if (!TryGet(name, out JsonElement value))
        {
            return otherwise;
        }

        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Fail(wrongKind);
            return otherwise;
        }

        return value.GetBoolean();
    }

    /// <summary>A number within bounds.</summary>
    /// <param name="name">The field.</param>
    /// <param name="isInRange">Whether a value is allowed.</param>
    /// <param name="outOfRange">The error text for one that is not.</param>
    public double? Number(string name, Func<double, bool> isInRange, string outOfRange)
    {
        if (!TryGet(name, out JsonElement value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number) || !double.IsFinite(number))
        {
            Fail($"{name} is not a valid number");
            return null;
        }

        if (!isInRange(number))
        {
            Fail(outOfRange);
            return null;
        }

        return number;
    }

    /// <summary>A whole number from 0 to 4294967295.</summary>
    public long? Unsigned(string name)
    {
        if (!TryGet(name, out JsonElement value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !TryWhole(value, out Int128 number) || number < 0)
        {
            Fail($"{name} is not an unsigned integer");
            return null;
        }

        if (number > uint.MaxValue)
        {
            Fail($"{name} value can't be greater than {uint.MaxValue}");
            return null;
        }

        return (long)number;
    }

    /// <summary>A whole number above 0.</summary>
    public long? Positive(string name)
    {
        long? number = Unsigned(name);
        if (number == 0)
        {
            Fail($"{name} value should be greater than 0");
        }

        return number;
    }

    /// <summary>A whole number of either sign; 1e3 and 5.0 are whole too.</summary>
    public static bool TryWhole(JsonElement value, out Int128 number)
    {
        number = 0;
        if (value.ValueKind != JsonValueKind.Number)
        {
            return false;
        }

        if (value.TryGetInt64(out long small))
        {
            number = small;
            return true;
        }

        if (value.TryGetDouble(out double real) && Math.Abs(real) < 1e30 && real == Math.Floor(real))
        {
            number = (Int128)real;
            return true;
        }

        return false;
    }

    /// <summary>A fault of the caller.</summary>
    public static Outcome Refuse(string text) => Outcome.Fail(StatusCode.InvalidTextRequest, text);
}
