// In the place of packages that others need for something that nothing here does, such as a phone number's check.
export const parsePhoneNumber = undefined;
