namespace Ovms.Serving.Loading;

/// <summary>A servable that another one calls.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version; 0 = the default version at each call.</param>
internal readonly record struct UsedServable(string Name, long Version);
