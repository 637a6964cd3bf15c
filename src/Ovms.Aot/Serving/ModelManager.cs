namespace Ovms.Serving;

/// <summary>Executes what was decided about models: loads, publishes, retires.</summary>
internal sealed class ModelManager
{
}
